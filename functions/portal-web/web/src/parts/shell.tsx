// What is around every page: the way to the content, the menu, the language, who is signed in.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { reason } from "../api/client";
import type { Me } from "../api/types";
import { LANGUAGES, type Language, useWords } from "../i18n/words";
import { BASE, type Session } from "../session/session";
import { Confirm, Dialog, Field, Heading, Link } from "./parts";

export function Shell({
  me,
  session,
  choose,
  children,
}: {
  me?: Me | undefined;
  session: Session;
  choose: (language: Language) => void;
  children: ComponentChildren;
}) {
  const { t } = useWords();
  return (
    <>
      <a class="skip" href="#content">
        {t("skip")}
      </a>
      <header class="top">
        <div class="wide">
          <Link to="" class="brand">
            {t("product")}
          </Link>
          {me !== undefined && <Menu me={me} />}
          <div class="who">
            <Languages choose={choose} />
            {me !== undefined && (
              <span class="quiet">
                {me.name}, {t(`role_${me.role}`)}
              </span>
            )}
            {/* Also for an account that is no contact's, which must be able to leave. */}
            {session.state !== "out" && (
              <button type="button" class="small" onClick={() => session.signOut()}>
                {t("sign_out")}
              </button>
            )}
          </div>
        </div>
      </header>
      <main id="content" class="wide" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function Menu({ me }: { me: Me }) {
  const { t } = useWords();
  const { path } = useLocation();
  const here = path.slice(BASE.length) || "/";
  const item = (to: string, text: string, at: boolean) => (
    <li>
      <a href={`${BASE}${to}`} aria-current={at ? "page" : undefined}>
        {text}
      </a>
    </li>
  );
  return (
    <nav aria-label={t("menu")}>
      <ul>
        {item("", t("nav_cohorts"), here === "/" || here.startsWith("/cohorts"))}
        {me.role === "operator" && item("/rights", t("nav_rights"), here === "/rights")}
        {item("/data", t("nav_data"), /^\/(data|exports|breaches)/.test(here))}
        {me.role !== "viewer" && item("/audit", t("nav_audit"), here === "/audit")}
      </ul>
    </nav>
  );
}

const NAMES: Record<Language, string> = { da: "Dansk", en: "English" };

function Languages({ choose }: { choose: (language: Language) => void }) {
  const { t, language } = useWords();
  return (
    <fieldset class="languages">
      <legend class="hidden">{t("language")}</legend>
      {LANGUAGES.map((one) => (
        <button
          type="button"
          key={one}
          lang={one}
          class="small"
          aria-pressed={one === language}
          onClick={() => choose(one)}
        >
          {NAMES[one]}
        </button>
      ))}
    </fieldset>
  );
}

/** The session ended while somebody works: the page stays, and they sign in beside it. */
export function ExpiredDialog() {
  const { t } = useWords();
  return (
    <Dialog title={t("expired_title")}>
      <p>{t("expired_text")}</p>
      <div class="actions">
        <button
          type="button"
          class="main"
          onClick={() => window.open(`${BASE}/sign-in`, "_blank", "popup,width=520,height=720")}
        >
          {t("expired_open")}
        </button>
      </div>
    </Dialog>
  );
}

/** Operators say why before they see anybody. */
export function ReasonGate({ children }: { children: ComponentChildren }) {
  const { t } = useWords();
  const [given, setGiven] = useState(reason.text);
  const [text, setText] = useState("");
  const [changing, setChanging] = useState(false);
  const give = () => {
    reason.text = text.trim();
    setGiven(reason.text);
  };
  const field = (
    <Field label={t("reason_label")} hint={t("reason_hint")}>
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          required
          pattern=".*\S.*"
          maxLength={400}
          autoComplete="off"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
    </Field>
  );
  if (given !== "") {
    return (
      <>
        <p class="quiet reason">
          {t("reason_now", { reason: given })}{" "}
          <button
            type="button"
            class="small"
            onClick={() => {
              setText(given);
              setChanging(true);
            }}
          >
            {t("reason_change")}
          </button>
        </p>
        {children}
        {/* Beside the page, which keeps what is being written in it. */}
        {changing && (
          <Confirm
            title={t("reason_title")}
            action={t("reason_go")}
            act={async () => give()}
            done={() => setChanging(false)}
            cancel={() => setChanging(false)}
          >
            <p>{t("reason_text")}</p>
            {field}
          </Confirm>
        )}
      </>
    );
  }
  return (
    <section class="entry card">
      <Heading title={t("reason_title")} />
      <p>{t("reason_text")}</p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          give();
        }}
      >
        {field}
        <button type="submit" class="main">
          {t("reason_go")}
        </button>
      </form>
    </section>
  );
}
