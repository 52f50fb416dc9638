import type { quarantine as english } from "./en-quarantine";

export const quarantine: Record<keyof typeof english, string> = {
  quarantine_title: "Spørgeskemaer, der ikke kunne bruges",
  quarantine_count_one:
    "{n} spørgeskema venter. Svarene i det tæller ikke med, før det kan bruges.",
  quarantine_count_other:
    "{n} spørgeskemaer venter. Svarene i dem tæller ikke med, før de kan bruges.",
  quarantine_stays: "Det, der ikke kan bruges, bliver her og slettes sammen med årgangens data.",
  quarantine_todo: "Hvad I kan gøre",
  quarantine_received: "Modtaget",
  quarantine_reason: "Hvorfor",
  quarantine_settings: "Se, hvad indstillingerne siger",
  quarantine_again: "Behandl igen",
  quarantine_again_text: "Læser dem en gang til med indstillingerne, som de er nu.",
  quarantine_others: "En koordinator kan rette indstillingerne og behandle dem igen.",
  quarantine_archived: "Så længe årgangen er arkiveret, behandles de ikke igen.",
  quarantine_going_on:
    "I gang: {accepted} taget ind indtil nu, {remaining} set igennem, som bliver her.",
  quarantine_taken_none: "Ingen kunne tages ind.",
  quarantine_taken_one: "{n} spørgeskema blev taget ind.",
  quarantine_taken_other: "{n} spørgeskemaer blev taget ind.",
  quarantine_left_none: "Der er ingen tilbage.",
  quarantine_left_one: "{n} er tilbage.",
  quarantine_left_other: "{n} er tilbage.",
  quarantine_why_unknown_form: "Sendt til et andet spørgeskema end årgangens",
  quarantine_why_unreadable: "Kan ikke læses",
  quarantine_why_missing_email: "Ingen e-mailadresse",
  quarantine_why_invalid_email: "Ingen gyldig e-mailadresse",
  quarantine_why_missing_section: "Intet hold",
  quarantine_why_unknown_section: "Et hold, som årgangen ikke har",
  quarantine_todo_unknown_form:
    "Sammenlign spørgeskemaet i indstillingerne med det, de studerende besvarer, og skriv til driften, hvis de er ens.",
  quarantine_todo_unreadable:
    "Det kan I ikke rette. Driften har fået besked; den gør det læsbart, og så tages det ind.",
  quarantine_todo_missing_email:
    "Se efter, at indstillingerne angiver det felt, der spørger om adressen, og behandl dem igen. Er det i orden, har den studerende ikke udfyldt feltet og må svare igen.",
  quarantine_todo_invalid_email:
    "Se efter, at indstillingerne angiver det felt, der spørger om adressen, og behandl dem igen. Er det i orden, har den studerende skrevet adressen forkert og må svare igen.",
  quarantine_todo_missing_section:
    "Se efter, at indstillingerne angiver det felt, der fortæller holdet, og at jeres link har det med, og behandl dem igen. Er det i orden, må den studerende svare igen.",
  quarantine_todo_unknown_section:
    "Sammenlign de svar, der betyder et hold i indstillingerne, med dem i spørgeskemaet, tilføj det, der mangler, og behandl dem igen.",
};
