// Danish texts of lists as files.

export const downloads = {
  download_open_groups: "Hent grupperne som fil",
  download_open_students: "Hent de studerende som fil",
  download_open_roster: "Hent listen som fil",
  download_open_audit: "Hent posterne som fil",
  download_name_groups: "grupper",
  download_name_students: "studerende",
  download_name_roster: "deltagerliste",
  download_name_audit: "revisionsspor",
  download_holds_groups:
    "En række for hvert medlem af grupperne på det hold, der er valgt ovenfor, også af dem, der ikke er vist endnu.",
  download_holds_students:
    "En række for hver studerende på det hold, der er valgt ovenfor, også for dem, der ikke er vist endnu.",
  download_holds_roster:
    "En række for hver studerende, som valgene ovenfor tager med, også for dem, der ikke er vist endnu.",
  download_holds_audit:
    "En række for hver post, der er søgt frem, også for dem, der ikke er vist endnu. Kun JSON har de hashværdier, som posterne kan efterprøves med.",
  download_formats:
    "CSV har semikolon mellem kolonnerne og passer til Excel, der er sat op på dansk. Excel (XLSX) kan åbnes overalt og lader numre med foranstillede nuller være. Begge har dansk tid; JSON har API'ets navne og værdier med tider i UTC.",
  download_yours:
    "Filen er jeres at beskytte og slette: Det, der senere slettes her, bliver stående i den. At listen læses til den, noteres i revisionssporet.",
  download_reading: "{n} læst indtil nu …",
  download_stop: "Stop hentningen",
  download_stopped: "Stoppet. Intet blev gemt.",
  download_done: "{file} er givet videre til din browser. Rækker: {n}.",
  "problem_download-changed":
    "Grupperne blev ændret, mens de blev læst, og intet blev gemt. Prøv igen.",
  download_yes: "ja",
  download_no: "nej",
  download_group: "Gruppe",
  download_score: "Gruppens score, af 100",
  download_listed: "På deltagerlisten",
  download_elsewhere: "Svarede som hold",
  download_takes_part: "Deltager",
  download_mail: "Mail stoppet",
  download_sequence: "Post",
  download_ids: "Id'er",
  download_problem: "Afvist fordi",
  download_request: "Anmodning",
};
