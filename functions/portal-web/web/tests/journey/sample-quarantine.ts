// Questionnaires that could not be used, in the API's own types.

import type { components } from "../../src/api/schema";

type Schemas = components["schemas"];

const REASONS: Schemas["QuarantineReason"][] = [
  "unknown_section",
  "unknown_section",
  "missing_email",
  "invalid_email",
  "missing_section",
  "unreadable",
  "unknown_form",
];

/** As many as are asked for, the first two of a section that the cohort does not have. */
export const quarantine = (count: number): Schemas["Quarantined"][] =>
  Array.from({ length: count }, (_, n) => ({
    token: `tok${n.toString().padStart(3, "0")}`,
    form: "Xy12AbCd",
    reason: REASONS[n % REASONS.length] ?? "unreadable",
    submitted_at: "2026-09-01T07:31:05Z",
    received_at: `2026-09-01T07:${(n % 60).toString().padStart(2, "0")}:07Z`,
    masked: 0,
  }));
