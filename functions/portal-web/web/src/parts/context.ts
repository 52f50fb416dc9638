import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Api } from "../api/client";
import type { Me } from "../api/types";

/** What every page works with once somebody is signed in. */
export interface Signed {
  api: Api;
  me: Me;
}

export const SignedContext = createContext<Signed | undefined>(undefined);

export function useSigned(): Signed {
  const signed = useContext(SignedContext);
  if (signed === undefined) throw new Error("shown before somebody signed in");
  return signed;
}

/** Whether the contact may start, decide and object. */
export function mayAct({ role }: Me): boolean {
  return role !== "viewer";
}
