// What is said of plans of several rounds.

export const plans = {
  plan_open: "Plan several rounds",
  plan_title: "Plan several rounds?",
  plan_confirm: "Plan the rounds",
  plan_text:
    "Groups of all rounds are formed at once of the {n} students who have answered. Nobody meets a partner again while that is possible, and must-rules hold in every round.",
  plan_then:
    "You then see every round, and who meets again, before you approve the plan. The first round is published when you approve; each of the others when you publish it.",
  plan_number: "Number of rounds",
  plan_number_hint: "From 2 to {most}.",
  plan_heading: "Plan of {n} rounds",
  plan_making: "The rounds are being planned.",
  plan_at_most_one: "At most {n} round is possible in which nobody meets again; often none is.",
  plan_at_most_other:
    "At most {n} rounds are possible in which nobody meets again; often fewer are.",
  plan_by_hand:
    "Groups of the first round were changed by hand. Open a round to see who meets again by now.",
  plan_column: "Round",
  plan_round: "Round {n}",
  plan_round_of: "Round {n} of {rounds}",
  plan_place: "This is round {n} of a plan of {rounds}.",
  plan_state: "Status",
  plan_again_pairs: "Meet again",
  plan_state_proposed: "Awaits the decision about the plan",
  plan_state_under_way: "Being published",
  plan_state_published: "Published",
  plan_state_next: "Next",
  plan_state_waiting: "Waits",
  plan_state_set_aside: "Set aside",
  plan_pairs_none: "Nobody",
  plan_pairs_unknown: "See the groups",
  plan_pairs_one: "{n} pair",
  plan_pairs_other: "{n} pairs",
  plan_left_one:
    "{n} student of the next round takes part no more or has changed sections; their group goes on without them.",
  plan_left_other:
    "{n} students of the next round take part no more or have changed sections; their groups go on without them.",
  plan_joined_one:
    "{n} student is in no group of the next round. Publish it and repair the groups afterwards, or plan the remaining rounds again.",
  plan_joined_other:
    "{n} students are in no group of the next round. Publish it and repair the groups afterwards, or plan the remaining rounds again.",
  plan_publish: "Publish round {n}",
  plan_publish_title: "Publish round {n}?",
  plan_publish_mail:
    "{groups} take the place of the groups that are published now, and {students} each get a mail. This cannot be undone.",
  plan_publish_no_mail:
    "{groups} take the place of the groups that are published now. Students get no mail. This cannot be undone.",
  plan_publish_confirm: "Publish",
  plan_publishing: "The round is being published.",
  plan_publish_broken:
    "If a must-rule or a size is not kept any more, the groups await your approval first.",
  plan_later: "A round can be published once the formation that is under way has ended.",
  plan_aside:
    "The rounds that are set aside are not published: groups outside the plan count by now, or the plan was rejected.",
  plan_rest: "Plan the remaining rounds again",
  plan_approve:
    "You approve all {n} rounds. The first is published now, the others wait until you publish each.",
  meet_heading: "Who meets again",
  meet_first: "There are no earlier groups: nobody can meet again.",
  meet_none: "Nobody has been in a group with one of their partners before.",
  meet_count_one: "{n} pair has been in a group together before.",
  meet_count_other: "{n} pairs have been in a group together before.",
  meet_students: "Students",
  meet_and: "{one} and {other}",
  meet_before: "Together before",
  meet_times_one: "{n} time",
  meet_times_other: "{n} times",
  "problem_round-not-next":
    "This round is not the one to be published next. The plan shows where its rounds stand.",
};
