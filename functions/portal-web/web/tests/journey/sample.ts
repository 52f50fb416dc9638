// An invented institution, in the API's own types.

import type { components } from "../../src/api/schema";

type Schemas = components["schemas"];

export const COHORT = "coh_0197b1c6f5a77c3e9d2b4f6a8c0e1d3f";
export const AWAITING = "for_0197b1c6f5a77c3e9d2b4f6a8c0e1d40";
export const PUBLISHED = "for_0197b1c6f5a77c3e9d2b4f6a8c0e1d41";
export const FAILED = "for_0197b1c6f5a77c3e9d2b4f6a8c0e1d42";
export const REJECTED = "for_0197b1c6f5a77c3e9d2b4f6a8c0e1d44";

const id = (prefix: string, n: number) => `${prefix}_${n.toString(16).padStart(32, "0")}`;

export const me = (role: Schemas["Role"]): Schemas["Me"] => ({
  contact: id("con", 1),
  email: "karen.holm@example.dk",
  name: "Karen Holm",
  role,
  institution: {
    id: id("ins", 1),
    name: "Nordre Universitet",
    mail_agreed: true,
    forms: ["Xy12AbCd", "Kq7Lm2Xa"],
  },
});

const summary: Schemas["CohortSummary"] = {
  id: COHORT,
  name: { da: "Datalogi, efterår 2026", en: "Computer science, autumn 2026" },
  language: "da",
  state: "forming",
  deadline: "2026-09-10T10:00:00Z",
  delete_on: "2027-05-11",
  last_formation_at: "2026-09-11T08:00:00Z",
  published_formation: PUBLISHED,
};

export const cohorts: Schemas["CohortSummary"][] = [
  summary,
  {
    ...summary,
    id: id("coh", 2),
    name: { da: "Byggeri og anlæg, forår 2027", en: "Civil engineering, spring 2027" },
    state: "collecting",
    deadline: "2027-02-01T11:00:00Z",
    delete_on: "2027-10-01",
  },
  {
    ...summary,
    id: id("coh", 3),
    name: {
      da: "Politik, administration og samfundsvidenskab, efterår 2026",
      en: "Politics, administration and social science, autumn 2026",
    },
    state: "published",
  },
];

const label = (da: string, en: string) => ({ da, en });
const criterion = (
  name: string,
  text: Schemas["Localised"],
  rule: Schemas["RuleKind"],
  hardness: Schemas["Hardness"],
  weight: number,
): Schemas["Criterion"] => ({ id: name, label: text, rule, hardness, weight });

const criteria = [
  criterion("ambition", label("Samme ambition", "Same ambition"), "align", "should", 4),
  criterion(
    "knowledge",
    label("Spredte forkundskaber", "Mixed prior knowledge"),
    "mix",
    "should",
    3,
  ),
  criterion("time", label("Fælles tid i ugen", "Common time in the week"), "overlap", "should", 3),
  criterion("alone", label("Ingen alene", "Nobody alone"), "never_alone", "must", 1),
];

export const formations: Schemas["FormationSummary"][] = [
  {
    id: AWAITING,
    kind: "initial",
    status: "awaiting_approval",
    requested_at: "2026-09-14T07:30:00Z",
    requested_by: { kind: "contact", contact: id("con", 1) },
  },
  {
    id: PUBLISHED,
    kind: "initial",
    status: "published",
    requested_at: "2026-09-10T10:01:00Z",
    ended_at: "2026-09-11T08:00:00Z",
    requested_by: { kind: "deadline" },
    decision: { at: "2026-09-11T07:59:00Z", by: id("con", 1), verdict: "approved" },
  },
  {
    id: FAILED,
    kind: "initial",
    status: "failed",
    requested_at: "2026-09-09T09:00:00Z",
    ended_at: "2026-09-09T09:00:20Z",
    requested_by: { kind: "contact", contact: id("con", 1) },
    failure: {
      code: "must_rules_conflict",
      detail: "the rules conflict",
      sentence: label(
        "Skal-kravene modsiger hinanden på hold-2.",
        "The must rules contradict each other in hold-2.",
      ),
      explained: [
        label(
          "»Ingen alene« og »Fælles tid« kan ikke begge overholdes: #1 og #2 har ingen fælles tid.",
          "“Nobody alone” and “Common time” cannot both hold: #1 and #2 have no common time.",
        ),
        label("Uden det første kan resten holde.", "Without the first the rest can hold."),
        label("Uden det andet er et skal-krav brudt.", "Without the second one rule is broken."),
      ],
      section: "hold-2",
      students: [id("stu", 3), "stu_erased"],
      prices: [
        { sentence: 1, criterion: "alone", must_broken: 0, score: 8410, now: 7900 },
        { sentence: 2, criterion: "time", must_broken: 1, score: 8630, now: 7900 },
      ],
    },
  },
  {
    id: REJECTED,
    kind: "initial",
    status: "rejected",
    requested_at: "2026-09-08T09:00:00Z",
    ended_at: "2026-09-08T10:00:00Z",
    requested_by: { kind: "contact", contact: id("con", 1) },
    around: { formation: PUBLISHED, keep: "held" },
    replaces: PUBLISHED,
    decision: { at: "2026-09-08T10:00:00Z", by: id("con", 1), verdict: "rejected" },
  },
];

export const cohort = (state: Schemas["CohortState"], published: boolean): Schemas["Cohort"] => ({
  ...summary,
  published_formation: published ? AWAITING : PUBLISHED,
  state,
  ...(formations[0] ? { latest_formation: formations[0] } : {}),
  approval: true,
  mail_agreed: true,
  created_at: "2026-08-03T08:00:00Z",
  form: "Xy12AbCd",
  sizes: { min: 4, preferred: 5, max: 6 },
  questions: [],
  criteria,
  quarantined: 0,
  responses: {
    students: 118,
    sections: [
      { section: "hold-1", students: 41 },
      { section: "hold-2", students: 39 },
      { section: "hold-3", students: 38 },
    ],
  },
});

export const formation = (of: Schemas["FormationSummary"]): Schemas["Formation"] => ({
  ...of,
  board_version: 0,
  engine: "0.1.0",
  seed: "9241386435364257883",
  sections:
    of.status === "failed"
      ? []
      : ["hold-1", "hold-2"].map((section, n) => ({
          section,
          students: 20,
          groups: 4,
          evaluations: 400_000,
          input_hash: "0",
          mean: 8730 - n * 100,
          worst: 7410 - n * 200,
          must_broken: n,
          proven: n === 0,
          explained: [
            label(
              "Bedre end 99 % af tilfældige inddelinger.",
              "Better than 99 % of random partitions.",
            ),
          ],
        })),
});

const first = ["Alma", "Bertil", "Carla", "David", "Emil", "Freja", "Gustav", "Hannah"];
const last = ["Krogh", "Sørensen", "Nør", "Aagaard", "Østergaard", "Lund", "Holm"];
const name = (n: number) => `${first[n % first.length]} ${last[n % last.length]}`;

export const groups: Schemas["Group"][] = Array.from({ length: 8 }, (_, n) => ({
  section: n < 4 ? "hold-1" : "hold-2",
  number: (n % 4) + 1,
  score: 9500 - ((n * 37) % 8) * 290,
  members: Array.from({ length: 5 }, (_, member) => ({
    id: id("stu", n * 5 + member),
    name: name(n * 5 + member),
  })),
  common_slots: [
    { day: 1, hour: 8 },
    { day: 1, hour: 9 },
    { day: 3, hour: 13 },
    { day: 4, hour: 10 },
  ],
  unanswered: n === 2 ? [id("stu", 10)] : [],
  told: [],
  explained: [
    label(
      "I vil det samme: forskellen i ambition er lille.",
      "You want the same: ambition differs little.",
    ),
    label("Fire fælles timer om ugen.", "Four common hours a week."),
  ],
  criteria: criteria.map((one, at) => ({
    criterion: one.id,
    label: one.label,
    must_broken: one.hardness === "must" && n === 5,
    // Of group 3 nobody answered what the second criterion asks.
    ...(n === 2 && at === 1
      ? {}
      : { score: one.hardness === "must" ? 10_000 : 9800 - ((n * 31 + at * 17) % 40) * 100 }),
  })),
}));

/** The groups that await approval beside those that are published. */
export const comparison = (more: boolean): Schemas["Comparison"] => ({
  before: {
    formation: PUBLISHED,
    status: "published",
    requested_at: "2026-09-10T10:01:00Z",
    students: 40,
    standing: { groups: 8, mean: 8610, worst: 7210, must_broken: 1 },
  },
  after: {
    formation: AWAITING,
    status: "awaiting_approval",
    requested_at: "2026-09-14T07:30:00Z",
    students: 41,
    standing: { groups: 8, mean: 8730, worst: 7410, must_broken: 0 },
  },
  criteria: criteria.map((one, at) => ({
    criterion: one.id,
    label: one.label,
    ...(at === 1
      ? {}
      : { before: { groups: 8, mean: 9000, worst: 8000, must_broken: at === 3 ? 1 : 0 } }),
    after: { groups: 8, mean: 9100, worst: 7900, must_broken: 0 },
  })),
  stay: 38,
  moved: 3,
  items: more
    ? [{ student: id("stu", 40), section: "hold-2", to: 4, kept: 0 }]
    : [
        { student: id("stu", 0), name: name(0), section: "hold-1", from: 1, to: 2, kept: 1 },
        { student: id("stu", 7), name: name(7), section: "hold-1", from: 2, to: 1, kept: 0 },
      ],
  ...(more ? {} : { next: "page-2" }),
});

/** What every change does here: better, and one rule mended. */
export const effect: Schemas["Effect"] = {
  better: true,
  worst: { before: 7200, after: 7450 },
  mean: { before: 8800, after: 8810 },
  must_broken: { before: 1, after: 0 },
  groups: [
    { number: 1, size: { before: 5, after: 4 }, score: { before: 9500, after: 9400 } },
    { number: 2, size: { before: 5, after: 6 }, score: { before: 7200, after: 7450 } },
  ],
  broken: [],
  mended: [{ number: 2, label: label("Ingen alene om: Køn", "Nobody alone with: Gender") }],
  out_of_size: [],
};

export const students: Schemas["Student"][] = Array.from({ length: 12 }, (_, n) => ({
  id: id("stu", n),
  name: name(n),
  email: `student.with.a.long.address.${n}@student.example.dk`,
  section: n % 2 ? "hold-1" : "hold-2",
  number: `2026${n}`,
  submitted_at: "2026-09-02T09:30:00Z",
  takes_part: n !== 3,
  ...(n === 4 ? { suppressed: "bounced" as const } : {}),
}));

const sent: Schemas["MessageStatus"][] = [
  "delivered",
  "delivered",
  "bounced",
  "accepted",
  "unknown",
];

export const messages: Schemas["Message"][] = sent.map((status, n) => ({
  id: id("msg", n),
  kind: n === 3 ? "group_changed" : "group",
  status,
  status_at: "2026-09-11T08:02:00Z",
  attempts: 1,
  again: 0,
  section: "hold-1",
  group: n + 1,
  student: id("stu", n),
  name: name(n),
  email: `student.${n}@student.example.dk`,
  ...(status === "bounced" ? { obstacle: "suppressed" } : {}),
  ...(status === "unknown" ? { obstacle: "under_way" } : {}),
}));

export const DRAFT = id("mlg", 1);
export const MAILED = id("mlg", 2);

export const draft: Schemas["Mailing"] = {
  id: DRAFT,
  version: 1,
  status: "draft",
  audience: { to: "section", section: "hold-1" },
  subject: "Introuge",
  texts: {
    da: {
      subject: "Introuge",
      body: "Vi mødes mandag kl. 10.\n\nProgrammet: https://example.edu/intro",
    },
    en: { subject: "Intro week", body: "We meet on Monday at 10." },
  },
  created_by: "karen",
  created_at: "2026-09-12T08:00:00Z",
  changed_at: "2026-09-12T08:00:00Z",
  recipients: 0,
  left_out: 0,
};

export const mailed: Schemas["Mailing"] = {
  ...draft,
  id: MAILED,
  version: 3,
  status: "sent",
  audience: { to: "cohort" },
  subject: "Velkommen",
  sent_at: "2026-09-11T08:00:00Z",
  sent_by: "karen",
  recipients: 5,
  left_out: 1,
};

/** What there is for a reminder: nine of each section have not answered. */
export const reminder: Schemas["Reminder"] = {
  deadline: "2026-09-10T10:00:00Z",
  open: true,
  questionnaire: "https://form.typeform.com/to/fGh12345",
  texts: {
    da: {
      subject: "Husk spørgeskemaet til Datalogi, efterår 2026",
      body: "Vi mangler dit svar på spørgeskemaet.\n\nSvar senest torsdag den 10. september 2026 kl. 12.00.",
    },
    en: {
      subject: "Remember the questionnaire for Computer science, autumn 2026",
      body: "We have not had your answer.\n\nPlease answer by Thursday 10 September 2026 at 12:00.",
    },
  },
  all: { waiting: 18, suppressed: 1 },
  sections: [
    { section: "hold-1", waiting: 9, suppressed: 1 },
    { section: "hold-2", waiting: 9, suppressed: 0 },
  ],
};

/** Of three who were reminded, one cannot be reached and one has answered since. */
export const reminded: Schemas["Message"][] = (["delivered", "failed", "delivered"] as const).map(
  (status, n) => ({
    id: id("msg", 900 + n),
    kind: "reminder",
    status,
    status_at: "2026-09-11T08:02:00Z",
    attempts: 1,
    again: 0,
    student: id("stu", 900 + n),
    email: `waiting.${n}@student.example.dk`,
    ...(status === "failed" ? { failure: "suppressed", obstacle: "suppressed" } : {}),
    ...(n === 2 ? { obstacle: "answered" } : {}),
  }),
);

/** When a mail goes that was planned. */
export const plan: Schemas["MailingPlan"] = {
  at: "2026-11-30T07:00:00Z",
  made_at: "2026-09-14T08:30:00Z",
  made_by: "karen",
};

/** The mail as the API renders it, in short. */
export const preview: Schemas["MailingPreview"] = {
  version: 1,
  subject: "Introuge",
  html: `<!DOCTYPE html><html lang="da"><head><title>Introuge</title><style>p { color: red }</style></head>
<body class="ground" style="margin:0;background-color:#eef1f4;"><div style="padding:24px;background-color:#ffffff;color:#1c2733;">
<h1 style="margin:0 0 20px;font-size:26px;color:#12324f;">Introuge</h1><p>Hej Karen Holm</p>
<p>Vi mødes mandag kl. 10.</p><p>Programmet: <a href="https://example.edu/intro" style="color:#1a5a99;">https://example.edu/intro</a></p>
<div lang="en"><h2 style="font-size:18px;">In English: Intro week</h2><p>We meet on Monday at 10.</p></div></div></body></html>`,
  text: "Hej Karen Holm\n\nVi mødes mandag kl. 10.",
  from: "Eksempel Universitet via UniHelper",
  reply_to: "studiestart@example.dk",
  recipients: 57,
  suppressed: 2,
  left_out: 1,
};

export const mailingMails: Schemas["Message"][] = messages.map(
  ({ section, group, ...message }) => ({ ...message, kind: "mailing" as const }),
);

export const counts = (of: Schemas["Message"][]): Schemas["MessageSummary"] => ({
  total: of.length,
  statuses: Object.fromEntries(
    (
      [
        "queued",
        "claimed",
        "unknown",
        "accepted",
        "delivered",
        "bounced",
        "complained",
        "failed",
      ] as const
    ).map((status) => [status, of.filter((message) => message.status === status).length]),
  ),
});

export const retention: Schemas["Retention"] = {
  delete_on: "2027-05-11",
  regular_delete_on: "2027-05-11",
  latest_extension: "2028-09-11",
};

export const erasures: Schemas["Erasure"][] = [
  {
    id: id("era", 1),
    scope: "cohort",
    name: { da: "Datalogi, efterår 2025", en: "Computer science, autumn 2025" },
    reason: "retention_ended",
    status: "completed",
    deleted: { students: 110 },
    delete_on: "2026-05-07",
    started_at: "2026-05-07T02:00:00Z",
    completed_at: "2026-05-07T02:06:00Z",
  },
  {
    id: id("era", 2),
    scope: "person",
    reason: "person_asked",
    status: "running",
    deleted: {},
    reference: "2026-417",
    started_at: "2026-09-14T09:00:00Z",
  },
];

const processor = (name: string, effective: boolean): Schemas["Subprocessor"] => ({
  id: name.toLowerCase().replaceAll(" ", "-"),
  name,
  address: "",
  registration: "",
  effective,
  effective_from: effective ? "2026-01-01" : "2027-03-01",
  location: label("EU (Stockholm)", "EU (Stockholm)"),
  processing: label("Drift: lagring og beregning", "Hosting: storage and computing"),
  transfer: label("Ingen overførsel ud af EU", "No transfer out of the EU"),
});

export const subprocessors: Schemas["Subprocessors"] = {
  reviewed_on: "2026-11-01",
  entries: [processor("Cloud Hosting SARL", true), processor("Example Translator ApS", false)],
  notices: [
    {
      entry: "example-translator-aps",
      name: "Example Translator ApS",
      announced_at: "2026-11-20T08:00:00Z",
      effective_from: "2027-03-01",
      open: true,
    },
  ],
};

export const trail: Schemas["AuditEntry"][] = [
  ["students.list", "done", undefined],
  ["formations.approve", "done", undefined],
  ["people.search", "refused", "Rights request 2026-417"],
  ["GET /api/cohorts/{cohort}/rights", "refused", "Rights request 2026-418"],
].map(([action, outcome, why], n) => ({
  action: action ?? "",
  outcome: outcome === "refused" ? "refused" : "done",
  ...(why === undefined ? {} : { reason: why, problem: "role-too-low" }),
  actor: { contact: id("con", 1) },
  at: `2026-09-1${n}T09:30:00Z`,
  hash: "0",
  previous: "0",
  ids: [],
  institution: id("ins", 1),
  request: `r${n}`,
  sequence: n + 1,
  subjects: 118 - n,
  unique: `u${n}`,
}));

/** Settings of a cohort that still takes in answers. */
export const settings: Schemas["Settings"] = {
  cohort: COHORT,
  version: 3,
  delete_on: "2027-05-11",
  deadline_stays: false,
  settings: {
    name: summary.name,
    language: "da",
    form: "Xy12AbCd",
    deadline: "2026-12-10T11:00:00Z",
    sections: [
      { id: "hold-1", answers: ["Hold 1", "Class 1"] },
      { id: "hold-2", answers: ["Hold 2", "Class 2"] },
    ],
    identity: {
      email: { field: "email" },
      name: [{ field: "first_name" }, { field: "last_name" }],
      section: { hidden: "hold" },
    },
    questions: [
      {
        id: "ambition",
        refs: ["ambition"],
        kind: { scale: { min: 1, max: 5 } },
        label: label("Ambitionsniveau", "Level of ambition"),
      },
      {
        id: "gender",
        refs: ["gender"],
        kind: {
          choice: {
            options: [
              { code: "woman", answers: ["Woman", "Kvinde"] },
              { code: "man", answers: ["Man", "Mand"] },
            ],
          },
        },
        label: label("Køn", "Gender"),
      },
      {
        id: "free",
        refs: ["mon"],
        kind: {
          availability: {
            options: [{ field: "mon", slots: [8, 9, 10, 11], answers: ["Morning", "Formiddag"] }],
          },
        },
        label: label("Ledige tider", "Free times"),
      },
    ],
    criteria: [
      {
        id: "alone",
        rule: { never_alone: { question: "gender", codes: ["woman"] } },
        weight: 60,
        hardness: "must",
      },
      {
        id: "same-ambition",
        rule: { align: { question: "ambition" } },
        weight: 80,
        hardness: "should",
      },
    ],
    sizes: { min: 4, preferred: 5, max: 6 },
    approval: true,
    mail_agreed: true,
  },
};
