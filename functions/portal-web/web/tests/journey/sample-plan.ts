// A plan of three rounds of the invented institution, in the API's own types.

import type { components } from "../../src/api/schema";
import { AWAITING } from "./sample";

type Schemas = components["schemas"];

export const SECOND = "for_0197b1c6f5a77c3e9d2b4f6a8c0e1d52";
export const THIRD = "for_0197b1c6f5a77c3e9d2b4f6a8c0e1d53";

const round = (
  number: number,
  formation: string,
  state: Schemas["RoundState"],
  repeats: number,
): Schemas["Round"] => ({
  round: number,
  state,
  formation,
  groups_of: formation,
  sections: ["hold-1", "hold-2"].map((section, n) => ({
    section,
    students: 20,
    groups: 4,
    mean: 8700 - number * 90,
    worst: 7400 - n * 200,
    must_broken: 0,
    repeats: n === 0 ? repeats : 0,
  })),
});

const plan: Schemas["Plan"] = {
  plan: AWAITING,
  version: 4_100_000_001,
  asked: 3,
  at_most: 4,
  by_hand: false,
  joined: 0,
  left: 0,
  rounds: [],
};

/** While it is made. */
export const making = (({ at_most: _, ...rest }): Schemas["Plan"] => rest)(plan);

/** While it awaits the decision. */
export const proposed: Schemas["Plan"] = {
  ...plan,
  rounds: [
    round(1, AWAITING, "proposed", 0),
    round(2, SECOND, "proposed", 0),
    round(3, THIRD, "proposed", 2),
  ],
};

/** The first round is published, the second is next. */
export const published: Schemas["Plan"] = {
  ...plan,
  version: 4_100_000_002,
  rounds: [
    round(1, AWAITING, "published", 0),
    round(2, SECOND, "next", 0),
    round(3, THIRD, "waiting", 2),
  ],
};

/** Others have come and left since. */
export const changed: Schemas["Plan"] = {
  ...published,
  version: 4_100_000_003,
  joined: 2,
  left: 1,
};

/** Groups outside the plan count by now. */
export const aside: Schemas["Plan"] = {
  ...published,
  by_hand: true,
  rounds: published.rounds.map((one) => ({
    ...one,
    state: one.round === 1 ? "published" : "set_aside",
    sections: one.sections.map(({ repeats: _, ...section }) => section),
  })),
};

export const place = (n: number): Schemas["PlannedRound"] => ({
  formation: AWAITING,
  round: n,
  rounds: 3,
});

/** Who meets again in the third round. */
export const meetings: Schemas["Meetings"] = {
  rounds: 2,
  count: 2,
  items: [
    {
      section: "hold-1",
      group: 2,
      before: 1,
      students: [
        { id: "stu_00000000000000000000000000000001", name: "Bertil Sørensen" },
        { id: "stu_00000000000000000000000000000007", name: "Hannah Krogh" },
      ],
    },
    {
      section: "hold-1",
      group: 4,
      before: 2,
      students: [
        { id: "stu_00000000000000000000000000000003", name: "David Aagaard" },
        { id: "stu_00000000000000000000000000000009" },
      ],
    },
  ],
};
