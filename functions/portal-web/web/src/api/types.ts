// Short names for what the API's document describes; `schema.d.ts` is made from docs/openapi.json.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Board = Schemas["Board"];
export type Change = Schemas["Change"];
export type Cohort = Schemas["Cohort"];
export type CohortSettings = Schemas["CohortSettings"];
export type CohortSummary = Schemas["CohortSummary"];
export type Effect = Schemas["Effect"];
export type Erasure = Schemas["Erasure"];
export type Formation = Schemas["Formation"];
export type FormationSummary = Schemas["FormationSummary"];
export type Group = Schemas["Group"];
export type Localised = Schemas["Localised"];
export type Me = Schemas["Me"];
export type Message = Schemas["Message"];
export type MessageStatus = Schemas["MessageStatus"];
export type Problem = Schemas["Problem"];
export type Retention = Schemas["Retention"];
export type Role = Schemas["Role"];
export type Settings = Schemas["Settings"];
export type Student = Schemas["Student"];
export type Suggestion = Schemas["Suggestion"];
export type Subprocessors = Schemas["Subprocessors"];
export type SubprocessorNotice = Schemas["SubprocessorNotice"];
export type AuditEntry = Schemas["AuditEntry"];
