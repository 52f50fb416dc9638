// The portal: settings, session, language, and which page is shown at which address.

import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import { connect, ok } from "./api/client";
import {
  preferred,
  storedLanguage,
  storeLanguage,
  useWords,
  Words,
  WordsContext,
} from "./i18n/words";
import { AuditPage } from "./pages/audit";
import { CohortPage } from "./pages/cohort";
import { CohortsPage } from "./pages/cohorts";
import { ComparisonPage } from "./pages/comparison";
import { DataPage } from "./pages/data";
import { DistributionPage } from "./pages/distribution";
import { LeavingPage, ReturnPage, SignedOutPage, WelcomePage } from "./pages/entry";
import { EvaluationPage } from "./pages/evaluation";
import { FormationPage } from "./pages/formation";
import { MailingPage, MailingsPage, NewMailingPage } from "./pages/mailings";
import { MessagesPage } from "./pages/messages";
import { RetentionPage } from "./pages/retention";
import { RosterPage } from "./pages/roster";
import { NewCohortPage, SettingsPage } from "./pages/settings";
import { StudentsPage } from "./pages/students";
import { SignedContext } from "./parts/context";
import { later } from "./parts/later";
import { useLoad } from "./parts/load";
import { Heading, Link, Wait, Wrong } from "./parts/parts";
import { ExpiredDialog, ReasonGate, Shell } from "./parts/shell";
import { BASE, Session } from "./session/session";
import type { Settings } from "./session/tokens";

const AllRequestsPage = later(() => import("./rights/list").then((it) => it.AllRequestsPage));
const CohortRequestsPage = later(() => import("./rights/list").then((it) => it.CohortRequestsPage));
const RequestPage = later(() => import("./rights/request").then((it) => it.RequestPage));
const NewRequestPage = later(() => import("./rights/note").then((it) => it.NewRequestPage));
const ExportsPage = later(() => import("./exports/list").then((it) => it.ExportsPage));
const ExportPage = later(() => import("./exports/export").then((it) => it.ExportPage));
const BreachesPage = later(() => import("./breaches/list").then((it) => it.BreachesPage));
const BreachPage = later(() => import("./breaches/breach").then((it) => it.BreachPage));

function Portal({ session }: { session: Session }) {
  const { path, url, route } = useLocation();
  const [language, setLanguage] = useState(() => preferred(storedLanguage(), navigator.languages));
  const words = useMemo(() => new Words(language), [language]);
  const [state, setState] = useState(session.state);
  useEffect(() => session.subscribe(() => setState(session.state)), [session]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (language: "da" | "en") => {
    storeLanguage(language);
    setLanguage(language);
  };
  const place = path.slice(BASE.length).replace(/\/$/, "");
  const page = () => {
    if (place === "/signed-in") {
      return <ReturnPage session={session} arrived={(back) => route(back, true)} />;
    }
    if (place === "/sign-in") return <LeavingPage session={session} />;
    if (state !== "out") return undefined;
    if (place === "/signed-out") return <SignedOutPage session={session} />;
    return session.wasSignedIn() ? (
      <Returning session={session} back={url} />
    ) : (
      <WelcomePage session={session} back={url} />
    );
  };
  const entry = page();
  return (
    <WordsContext.Provider value={words}>
      {entry === undefined ? (
        <SignedIn session={session} choose={choose} />
      ) : (
        <Shell session={session} choose={choose}>
          {entry}
        </Shell>
      )}
      {state === "expired" && place !== "/signed-in" && <ExpiredDialog />}
    </WordsContext.Provider>
  );
}

/** The page was loaded again: the sign-in remembers who it was and asks for nothing. */
function Returning({ session, back }: { session: Session; back: string }) {
  useEffect(() => void session.leave(back), [session, back]);
  return <Wait />;
}

function SignedIn({
  session,
  choose,
}: {
  session: Session;
  choose: (language: "da" | "en") => void;
}) {
  const words = useWords();
  const api = useMemo(() => connect(session), [session]);
  const [me, again] = useLoad(() => ok(api.GET("/api/me")), [api]);
  const known = me.state === "ready" ? me.data : undefined;
  const signed = useMemo(() => known && { api, me: known }, [api, known]);
  const pages = (
    <Router>
      <Route path={BASE} component={CohortsPage} />
      <Route path={`${BASE}/new-cohort`} component={NewCohortPage} />
      <Route path={`${BASE}/cohorts/:cohort`} component={CohortPage} />
      <Route path={`${BASE}/cohorts/:cohort/settings`} component={SettingsPage} />
      <Route path={`${BASE}/cohorts/:cohort/distribution`} component={DistributionPage} />
      <Route path={`${BASE}/cohorts/:cohort/evaluation`} component={EvaluationPage} />
      <Route path={`${BASE}/cohorts/:cohort/roster`} component={RosterPage} />
      <Route path={`${BASE}/cohorts/:cohort/students`} component={StudentsPage} />
      <Route path={`${BASE}/cohorts/:cohort/data`} component={RetentionPage} />
      <Route path={`${BASE}/cohorts/:cohort/mailings`} component={MailingsPage} />
      <Route path={`${BASE}/cohorts/:cohort/mailings/:mailing`} component={MailingPage} />
      <Route path={`${BASE}/cohorts/:cohort/new-mailing`} component={NewMailingPage} />
      <Route path={`${BASE}/cohorts/:cohort/formations/:formation`} component={FormationPage} />
      <Route
        path={`${BASE}/cohorts/:cohort/formations/:formation/messages`}
        component={MessagesPage}
      />
      <Route
        path={`${BASE}/cohorts/:cohort/formations/:formation/comparison`}
        component={ComparisonPage}
      />
      <Route path={`${BASE}/cohorts/:cohort/rights`} component={CohortRequestsPage} />
      <Route path={`${BASE}/cohorts/:cohort/rights/:request`} component={RequestPage} />
      <Route path={`${BASE}/cohorts/:cohort/new-request`} component={NewRequestPage} />
      <Route path={`${BASE}/breaches`} component={BreachesPage} />
      <Route path={`${BASE}/breaches/:breach`} component={BreachPage} />
      <Route path={`${BASE}/exports`} component={ExportsPage} />
      <Route path={`${BASE}/exports/:export`} component={ExportPage} />
      <Route path={`${BASE}/rights`} component={AllRequestsPage} />
      <Route path={`${BASE}/data`} component={DataPage} />
      <Route path={`${BASE}/audit`} component={AuditPage} />
      <Route default component={NotHere} />
    </Router>
  );
  return (
    <Shell me={known} session={session} choose={choose}>
      {me.state === "loading" && <Wait />}
      {me.state === "failed" && (
        <>
          <Heading title={words.t("problem_title")} />
          <Wrong failure={me.failure} again={again} titled />
        </>
      )}
      {signed !== undefined && (
        <SignedContext.Provider value={signed}>
          {signed.me.role === "operator" ? <ReasonGate>{pages}</ReasonGate> : pages}
        </SignedContext.Provider>
      )}
    </Shell>
  );
}

function NotHere() {
  const { t } = useWords();
  return (
    <section class="entry card">
      <Heading title={t("not_here_title")} />
      <p>{t("not_here_text")}</p>
      <p>
        <Link to="">{t("to_cohorts")}</Link>
      </p>
    </section>
  );
}

async function begin(): Promise<void> {
  const place = document.getElementById("portal");
  if (place === null) throw new Error("the page has no place for the portal");
  const answer = await fetch(`${BASE}/config.json`);
  if (!answer.ok) throw new Error(`the settings answered ${answer.status}`);
  const settings: Settings = await answer.json();
  const session = new Session(settings);
  render(
    <LocationProvider scope={BASE}>
      <Portal session={session} />
    </LocationProvider>,
    place,
  );
}

begin().catch(() => {
  const place = document.getElementById("portal");
  // Nothing is loaded yet, not even a language.
  const words = [new Words("da"), new Words("en")];
  place?.append(
    ...words.map(({ t, language }) => {
      const line = document.createElement("p");
      line.lang = language;
      line.setAttribute("role", "alert");
      line.textContent = t("problem_offline");
      return line;
    }),
  );
});
