// The roster of the sample cohort: two sections, a hundred students who are expected.

import type { components } from "../../src/api/schema";

type Schemas = components["schemas"];

const counts = { expected: 50, answered: 41, unlisted: 1 };

export const roster: Schemas["Roster"] = {
  version: 3,
  listed_at: "2026-08-25T08:00:00Z",
  all: { expected: 100, answered: 82, unlisted: 2 },
  sections: [
    { section: "hold-1", ...counts },
    { section: "hold-2", ...counts },
  ],
};

export const noRoster: Schemas["Roster"] = {
  version: 0,
  all: { expected: 0, answered: 0, unlisted: 84 },
  sections: ["hold-1", "hold-2"].map((section) => ({
    section,
    expected: 0,
    answered: 0,
    unlisted: 42,
  })),
};

export const timeline: Schemas["Timeline"] = {
  days: [8, 14, 12, 5, 2].map((students, n) => ({
    day: `2026-09-0${n + 1}`,
    sections: [
      { section: "hold-1", students, listed: students },
      { section: "hold-2", students: 8 + (n % 2), listed: 8 },
    ],
  })),
};

export const people: Schemas["Attendee"][] = [
  {
    id: "stu_01",
    presence: "answered",
    email: "freja.lund@example.edu",
    name: "Freja Lund",
    section: "hold-1",
    answered_section: "hold-2",
    submitted_at: "2026-09-01T07:31:05Z",
  },
  {
    id: "stu_02",
    presence: "unlisted",
    email: "emil.holm.privat@example.org",
    name: "Emil Holm",
    section: "hold-2",
    submitted_at: "2026-09-02T09:12:44Z",
  },
  { id: "stu_03", presence: "waiting", email: "emil.holm@example.edu", section: "hold-2" },
  { id: "stu_04", presence: "waiting", email: "liv.dam@example.edu", section: "hold-1" },
];

const label = (da: string, en: string) => ({ da, en });

export const distribution: Schemas["Distribution"] = {
  students: 115,
  criteria: [
    {
      criterion: "same-ambition",
      label: label("Samme: Ambitionsniveau", "Same: Level of ambition"),
      questions: [
        {
          question: "ambition",
          label: label("Ambitionsniveau", "Level of ambition"),
          several: false,
          counts: [
            { cell: "1" },
            { cell: "2", count: 10 },
            { cell: "3", count: 40 },
            { cell: "4", count: 50 },
            { cell: "5" },
            { cell: "no_answer", count: 5 },
          ],
        },
      ],
    },
    {
      criterion: "alone",
      label: label("Ingen alene om: Køn", "Nobody alone with: Gender"),
      questions: [
        {
          question: "gender",
          label: label("Køn", "Gender"),
          several: false,
          counts: [{ cell: "woman", count: 45 }, { cell: "man", count: 65 }, { cell: "no_answer" }],
        },
      ],
    },
  ],
};
