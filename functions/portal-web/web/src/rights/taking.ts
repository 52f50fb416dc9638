// What every dialog of a step has in common.

import { overtaken } from "../api/failure";
import type { RightsRequest } from "../api/types";
import type { Step } from "./steps";

/** Steps that are asked about. Looking at the data changes nothing. */
export type Asked = Exclude<Step, "look">;
export type Done = Asked | "erase_waits" | "object";

export interface StepProps {
  cohort: string;
  request: RightsRequest;
  step: Asked;
  /** The dialog goes, and how it ended if it worked. */
  close: (how?: Done) => void;
  /** The request is read anew behind the dialog. */
  again: () => void;
}

/** A step that was refused may be one that somebody else took: the page behind shows where the request is. */
export async function taken<T>(call: Promise<T>, again: () => void): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (overtaken(error)) again();
    throw error;
  }
}
