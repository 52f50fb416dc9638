// An evaluation of the sample cohort, as its settings name it and as the API tells its results.
import type { components } from "../../src/api/schema";

type Schemas = components["schemas"];

const label = (da: string, en: string) => ({ da, en });

export const named: Schemas["EvaluationSetting"] = {
  form: "Ev4Lu8Te",
  hidden: "token",
  questions: [
    {
      id: "content",
      refs: ["content"],
      kind: { scale: { min: 1, max: 5 } },
      label: label("Hvor tilfreds er du med din gruppe?", "How content are you with your group?"),
    },
    {
      id: "again",
      refs: ["again"],
      kind: {
        choice: {
          options: [
            { code: "yes", answers: ["Yes", "Ja"] },
            { code: "no", answers: ["No", "Nej"] },
          ],
        },
      },
      label: label("Vil du være i gruppen igen?", "Would you be in the group again?"),
    },
  ],
};

export const results: Schemas["Evaluation"] = {
  named: true,
  published: true,
  asked: 118,
  answered: 85,
  rate: 72,
  questions: [
    {
      question: "content",
      label: label("Hvor tilfreds er du med din gruppe?", "How content are you with your group?"),
      several: false,
      counts: [
        { cell: "1" },
        { cell: "2" },
        { cell: "3", count: 15 },
        { cell: "4", count: 40 },
        { cell: "5", count: 20 },
        { cell: "no_answer" },
      ],
      thirds: [
        { groups: 8, score_from: 5210, score_to: 6640, answers: 25, mean: 3.5 },
        { groups: 8, score_from: 6700, score_to: 7850, answers: 30, mean: 4 },
        { groups: 8, score_from: 7900, score_to: 9320 },
      ],
    },
    {
      question: "again",
      label: label("Vil du være i gruppen igen?", "Would you be in the group again?"),
      several: false,
    },
  ],
};

export const unnamed: Schemas["Evaluation"] = {
  named: false,
  published: true,
  asked: 118,
  questions: [],
};

export const unanswered: Schemas["Evaluation"] = {
  named: true,
  published: true,
  asked: 118,
  questions: [],
};

/** What there is for the mail about it: who is in a group and has not answered. */
export const asking: Schemas["EvaluationMail"] = {
  named: true,
  published: true,
  link: "https://form.typeform.com/to/Ev4Lu8Te#token=EXAMPLE-NOT-A-PERSONAL-LINK",
  texts: {
    da: {
      subject: "Hvordan gik det i din studiegruppe på Datalogi, efterår 2026?",
      body: "Du har været i en studiegruppe.\n\nBrug knappen herunder.",
    },
    en: {
      subject: "How did it go in your study group of Computer science, autumn 2026?",
      body: "You have been in a study group.\n\nUse the button below.",
    },
  },
  all: { silent: 33, suppressed: 1 },
  sections: [
    { section: "hold-1", silent: 21, suppressed: 1 },
    { section: "hold-2", silent: 12, suppressed: 0 },
  ],
};

/** Of three who were asked, one is in no group any more and one has answered since. */
export const asked: Schemas["Message"][] = (["delivered", "failed", "delivered"] as const).map(
  (status, n) => ({
    id: `msg_${String(950 + n).padStart(32, "0")}`,
    kind: "evaluation",
    status,
    status_at: "2026-12-18T08:02:00Z",
    attempts: 1,
    again: 0,
    student: `stu_${String(950 + n).padStart(32, "0")}`,
    name: ["Freja Lund", "Emil Vang", "Ida Holm"][n] ?? "",
    email: `asked.${n}@student.example.dk`,
    ...(status === "failed" ? { failure: "not_in_group", obstacle: "not_in_group" } : {}),
    ...(n === 2 ? { obstacle: "answered" } : {}),
  }),
);
