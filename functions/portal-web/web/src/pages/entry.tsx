// The pages that are shown to somebody who is not signed in, or comes back from the sign-in.

import { useEffect, useState } from "preact/hooks";
import { asFailure, type Failure } from "../api/failure";
import type { Key } from "../i18n/en";
import { useWords } from "../i18n/words";
import { Heading, Wrong } from "../parts/parts";
import { BASE, type Session } from "../session/session";

export function WelcomePage({ session, back }: { session: Session; back: string }) {
  const { t } = useWords();
  return (
    <section class="entry card">
      <Heading title={t("sign_in_title")} />
      <p class="lead">{t("sign_in_text")}</p>
      <p>
        <button type="button" class="main" onClick={() => session.leave(back)}>
          {t("sign_in")}
        </button>
      </p>
      <p class="quiet">{t("sign_in_how")}</p>
    </section>
  );
}

export function SignedOutPage({ session }: { session: Session }) {
  const { t } = useWords();
  return (
    <section class="entry card">
      <Heading title={t("signed_out_title")} />
      <p>{t("signed_out_text")}</p>
      <p>
        <button type="button" class="main" onClick={() => session.leave(BASE)}>
          {t("sign_in_again")}
        </button>
      </p>
    </section>
  );
}

/** A second window on its way to the sign-in. */
export function LeavingPage({ session }: { session: Session }) {
  const { t } = useWords();
  useEffect(() => void session.leave(BASE, true), [session]);
  return (
    <section class="entry card">
      <Heading title={t("signing_in")} />
    </section>
  );
}

type Outcome = "on-its-way" | "handed-over" | "state" | "code" | "denied" | Failure;

export function ReturnPage({
  session,
  arrived,
}: {
  session: Session;
  arrived: (back: string) => void;
}) {
  const { t } = useWords();
  const [outcome, setOutcome] = useState<Outcome>("on-its-way");
  // the answer of the sign-in serves once
  useEffect(() => {
    const answer = location.search;
    // The code is of no use any more, and does not stay in the address or the history.
    history.replaceState(null, "", location.pathname);
    session.comeBack(answer).then(
      (came) => {
        if (came.kind === "done") arrived(came.back);
        else if (came.kind === "refused") setOutcome(came.reason);
        else {
          setOutcome("handed-over");
          window.close();
        }
      },
      (error) => setOutcome(asFailure(error)),
    );
  }, [session]);
  if (outcome === "on-its-way" || outcome === "handed-over") {
    const title: Key = outcome === "handed-over" ? "handed_over" : "signing_in";
    return (
      <section class="entry card">
        <Heading title={t(title)} />
      </section>
    );
  }
  return (
    <section class="entry card">
      <Heading title={t("refused_title")} />
      {typeof outcome === "string" ? <p>{t(`refused_${outcome}`)}</p> : <Wrong failure={outcome} />}
      <p>
        <button type="button" class="main" onClick={() => session.leave(BASE)}>
          {t("sign_in_again")}
        </button>
      </p>
    </section>
  );
}
