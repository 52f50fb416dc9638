// Texts of lists as files.

export const downloads = {
  download_open_groups: "Download the groups",
  download_open_students: "Download the students",
  download_open_roster: "Download the list",
  download_open_audit: "Download the entries",
  download_name_groups: "groups",
  download_name_students: "students",
  download_name_roster: "roster",
  download_name_audit: "audit trail",
  download_holds_groups:
    "A row for each member of the groups in the section chosen above, also of those that are not shown yet.",
  download_holds_students:
    "A row for each student in the section chosen above, also for those who are not shown yet.",
  download_holds_roster:
    "A row for each student whom the choices above let through, also for those who are not shown yet.",
  download_holds_audit:
    "A row for each entry that was searched for, also for those that are not shown yet. JSON alone holds the hashes by which the entries can be checked.",
  download_formats:
    "CSV has commas between the columns and suits Excel that is set up in English. Excel (XLSX) opens everywhere and leaves numbers with leading zeros as they are. Both have Danish time; JSON has the names and values of the API, its times in UTC.",
  download_yours:
    "The file is yours to protect and delete: what is erased here later stays in it. Reading the list for it is recorded in the audit trail.",
  download_reading: "{n} read so far …",
  download_stop: "Stop the download",
  download_stopped: "Stopped. Nothing was saved.",
  download_done: "{file} has been handed to your browser. Rows: {n}.",
  "problem_download-changed":
    "The groups were changed while they were read, and nothing was saved. Try again.",
  download_yes: "yes",
  download_no: "no",
  download_group: "Group",
  download_score: "Score of the group, of 100",
  download_listed: "On the roster",
  download_elsewhere: "Answered as section",
  download_takes_part: "Takes part",
  download_mail: "Mail stopped",
  download_sequence: "Entry",
  download_ids: "Ids",
  download_problem: "Refused because",
  download_request: "Request",
};
