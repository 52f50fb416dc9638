// Texts of questionnaires that could not be used.

export const quarantine = {
  quarantine_title: "Questionnaires that could not be used",
  quarantine_count_one: "{n} questionnaire waits. Its answers do not count until it can be used.",
  quarantine_count_other:
    "{n} questionnaires wait. Their answers do not count until they can be used.",
  quarantine_stays: "What cannot be used stays here and is deleted with the cohort's data.",
  quarantine_todo: "What to do",
  quarantine_received: "Received",
  quarantine_reason: "Why",
  quarantine_settings: "See what the settings say",
  quarantine_again: "Try again",
  quarantine_again_text: "Reads them once more with the settings of now.",
  quarantine_others: "A coordinator can change the settings and try again.",
  quarantine_archived: "While the cohort is archived they are not tried again.",
  quarantine_going_on: "Under way: {accepted} taken in so far, {remaining} looked at that stay.",
  quarantine_taken_none: "None could be taken in.",
  quarantine_taken_one: "{n} questionnaire was taken in.",
  quarantine_taken_other: "{n} questionnaires were taken in.",
  quarantine_left_none: "None remains.",
  quarantine_left_one: "{n} remains.",
  quarantine_left_other: "{n} remain.",
  quarantine_why_unknown_form: "Sent for another questionnaire than the cohort's",
  quarantine_why_unreadable: "Cannot be read",
  quarantine_why_missing_email: "No e-mail address",
  quarantine_why_invalid_email: "No valid e-mail address",
  quarantine_why_missing_section: "No section",
  quarantine_why_unknown_section: "A section that the cohort does not have",
  quarantine_todo_unknown_form:
    "Compare the questionnaire in the settings with the one that students answer, and write to the operators if they agree.",
  quarantine_todo_unreadable:
    "You cannot mend this. The operators have been told; they make it readable, and it is then taken in.",
  quarantine_todo_missing_email:
    "Check that the settings name the field that asks for the address, then try again. If that is right, the student left it empty and must answer again.",
  quarantine_todo_invalid_email:
    "Check that the settings name the field that asks for the address, then try again. If that is right, the student mistyped it and must answer again.",
  quarantine_todo_missing_section:
    "Check that the settings name the field that tells the section and that your links have it, then try again. If that is right, the student must answer again.",
  quarantine_todo_unknown_section:
    "Compare the answers that mean a section in the settings with those in the questionnaire, add what is missing, then try again.",
};
