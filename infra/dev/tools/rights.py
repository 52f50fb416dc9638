"""Rights as AWS decides them, where MiniStack decides them otherwise.

MiniStack checks each call against the caller's policies (AUTH=true). For three kinds of calls it asks
for an action or a resource that AWS does not know, so that narrow policies that work on AWS are
refused here, and the right ones would be too wide there:

* batches of SQS: AWS has no action of their own, `sqs:SendMessage` allows `SendMessageBatch`
  (Service Authorization Reference, Amazon SQS);
* answers to a state machine's task token: AWS names the state machine, MiniStack `*`;
* `SendEmail`: AWS names the sender's identity and the configuration set and knows the key
  `ses:FromAddress`, MiniStack names `*` and knows no key.

Nothing here is deployed.
"""

import json
from email.utils import parseaddr

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import stepfunctions

BATCHES = ("SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch")
TASK_ANSWERS = ("states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat")

_extract_iam_action = iam_actions.extract_iam_action
_enforce = iam_evaluator.enforce
_enforce_ses_v2 = app._enforce_ses_v2


def extract_iam_action(service, *request):
    """The action of a call; a batch of SQS is what it is a batch of."""
    action = _extract_iam_action(service, *request)
    if service == "sqs" and action and action.removeprefix("sqs:") in BATCHES:
        return action.removesuffix("Batch")
    return action


def enforce(access_key, action, service, region, resource_arn="*", service_context=None):
    """Who answers a task must have the right on a state machine. MiniStack does not tell which one
    gave the token; the account has two, and only one of them gives tokens."""
    if action not in TASK_ANSWERS:
        return _enforce(access_key, action, service, region, resource_arn, service_context)
    denied = _enforce(access_key, action, service, region, resource_arn, service_context)
    for machine in list(stepfunctions._state_machines.keys()) if denied else ():
        if _enforce(access_key, action, service, region, machine, service_context) is None:
            return None
    return denied


def enforce_ses_v2(method, path, headers, body, query_params, request_id):
    """A mail needs the right on the sender's domain and, when it names one, on its configuration set."""
    if not app.AUTH or method != "POST" or path.rstrip("/") != "/v2/email/outbound-emails":
        return _enforce_ses_v2(method, path, headers, body, query_params, request_id)
    mail = json.loads(body or b"{}")
    sender = parseaddr(mail.get("FromEmailAddress", ""))[1]
    names = [f"identity/{sender.rpartition('@')[2]}"]
    if mail.get("ConfigurationSetName"):
        names.append(f"configuration-set/{mail['ConfigurationSetName']}")
    region = app.extract_region(headers, query_params)
    for name in names:
        arn = f"arn:aws:ses:{region}:{get_account_id()}:{name}"
        denied = app._enforce_data_plane(
            "sesv2", "ses:SendEmail", headers, query_params, request_id, resource_arn=arn,
            service_context={"ses:FromAddress": sender}, named_resource=arn)
        if denied:
            return denied
    return None


def install():
    """Puts these in place of MiniStack's own."""
    iam_actions.extract_iam_action = extract_iam_action
    iam_evaluator.enforce = enforce
    app._enforce_ses_v2 = enforce_ses_v2
