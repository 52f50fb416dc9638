import type { plans as en } from "./en-plans";

export const plans: Record<keyof typeof en, string> = {
  plan_open: "Planlæg flere runder",
  plan_title: "Skal der planlægges flere runder?",
  plan_confirm: "Planlæg runderne",
  plan_text:
    "Grupperne i alle runder dannes på én gang af de {n} studerende, der har svaret. Ingen møder en makker igen, så længe det er muligt, og skal-regler overholdes i hver runde.",
  plan_then:
    "Derefter ser du hver runde, og hvem der mødes igen, før du godkender planen. Første runde offentliggøres, når du godkender; hver af de andre, når du offentliggør den.",
  plan_number: "Antal runder",
  plan_number_hint: "Fra 2 til {most}.",
  plan_heading: "Plan med {n} runder",
  plan_making: "Runderne er ved at blive planlagt.",
  plan_at_most_one:
    "Højst {n} runde er mulig, hvor ingen mødes igen; ofte er det ikke engang muligt.",
  plan_at_most_other: "Højst {n} runder er mulige, hvor ingen mødes igen; ofte er det færre.",
  plan_by_hand:
    "Grupper i første runde er ændret i hånden. Åbn en runde for at se, hvem der mødes igen nu.",
  plan_column: "Runde",
  plan_round: "Runde {n}",
  plan_round_of: "Runde {n} af {rounds}",
  plan_place: "Dette er runde {n} i en plan med {rounds}.",
  plan_state: "Tilstand",
  plan_again_pairs: "Mødes igen",
  plan_state_proposed: "Venter på afgørelsen om planen",
  plan_state_under_way: "Ved at blive offentliggjort",
  plan_state_published: "Offentliggjort",
  plan_state_next: "Den næste",
  plan_state_waiting: "Venter",
  plan_state_set_aside: "Lagt til side",
  plan_pairs_none: "Ingen",
  plan_pairs_unknown: "Se grupperne",
  plan_pairs_one: "{n} par",
  plan_pairs_other: "{n} par",
  plan_left_one:
    "{n} studerende i næste runde deltager ikke længere eller har skiftet hold; gruppen fortsætter uden.",
  plan_left_other:
    "{n} studerende i næste runde deltager ikke længere eller har skiftet hold; deres grupper fortsætter uden dem.",
  plan_joined_one:
    "{n} studerende er ikke i nogen gruppe i næste runde. Offentliggør den, og reparér grupperne bagefter, eller planlæg de resterende runder på ny.",
  plan_joined_other:
    "{n} studerende er ikke i nogen gruppe i næste runde. Offentliggør den, og reparér grupperne bagefter, eller planlæg de resterende runder på ny.",
  plan_publish: "Offentliggør runde {n}",
  plan_publish_title: "Skal runde {n} offentliggøres?",
  plan_publish_mail:
    "{groups} træder i stedet for de grupper, der er offentliggjort nu, og {students} får hver en mail. Det kan ikke fortrydes.",
  plan_publish_no_mail:
    "{groups} træder i stedet for de grupper, der er offentliggjort nu. De studerende får ingen mail. Det kan ikke fortrydes.",
  plan_publish_confirm: "Offentliggør",
  plan_publishing: "Runden er ved at blive offentliggjort.",
  plan_publish_broken:
    "Hvis en skal-regel eller en størrelse ikke længere overholdes, venter grupperne først på jeres godkendelse.",
  plan_later: "En runde kan offentliggøres, når den gruppedannelse, der er i gang, er færdig.",
  plan_aside:
    "De runder, der er lagt til side, offentliggøres ikke: grupper uden for planen gælder nu, eller planen er afvist.",
  plan_rest: "Planlæg de resterende runder på ny",
  plan_approve:
    "Du godkender alle {n} runder. Den første offentliggøres nu, de andre venter, til du offentliggør hver af dem.",
  meet_heading: "Hvem mødes igen",
  meet_first: "Der er ingen tidligere grupper, så ingen kan mødes igen.",
  meet_none: "Ingen har før været i gruppe med en af deres makkere.",
  meet_count_one: "{n} par har været i gruppe sammen før.",
  meet_count_other: "{n} par har været i gruppe sammen før.",
  meet_students: "Studerende",
  meet_and: "{one} og {other}",
  meet_before: "Sammen før",
  meet_times_one: "{n} gang",
  meet_times_other: "{n} gange",
  "problem_round-not-next":
    "Denne runde er ikke den, der skal offentliggøres som den næste. Planen viser, hvor dens runder står.",
};
