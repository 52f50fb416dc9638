// What can be done about a breach where it is, as the API decides it: a step that it refuses is not offered.

import type { Breach } from "../api/types";

export type Act = "assess" | "count" | "notify" | "close";

/** Why a step cannot be taken yet: the word that the API would refuse it with. */
export type Lacks =
  | "breach-nature-unknown"
  | "breach-not-assessed"
  | "breach-nothing-new"
  | "breach-not-notified"
  | "breach-incomplete";

const ACTS: readonly Act[] = ["assess", "count", "notify", "close"];

/**
 * The steps that can be taken, which of them the case waits for, and what the others wait for. `told` is the version
 * of which the institution was told last, where that is known.
 */
export function offered(
  breach: Breach,
  told?: number,
): { steps: Act[]; next: Act | undefined; waits: { act: Act; lacks: Lacks }[] } {
  const waits = ACTS.flatMap((act) => {
    const lacks = lacking(act, breach, told);
    return lacks === undefined ? [] : [{ act, lacks }];
  });
  const steps = ACTS.filter((one) => !waits.some(({ act }) => act === one));
  return { steps, next: nextOf(breach, steps), waits };
}

function lacking(act: Act, breach: Breach, told: number | undefined): Lacks | undefined {
  switch (act) {
    case "assess":
      return breach.answers.nature === undefined ? "breach-nature-unknown" : undefined;
    case "count":
      return undefined;
    case "notify":
      if (breach.risk === undefined) return "breach-not-assessed";
      return breach.version === told ? "breach-nothing-new" : undefined;
    case "close":
      if (breach.notices.length === 0) return "breach-not-notified";
      return breach.unanswered.length > 0 ? "breach-incomplete" : undefined;
  }
}

/** The risk, then the mail, then the end. While questions are open after the mail, answering them is next. */
function nextOf({ risk, notices }: Breach, steps: Act[]): Act | undefined {
  const wanted = risk === undefined ? "assess" : notices.length === 0 ? "notify" : "close";
  return steps.find((one) => one === wanted);
}
