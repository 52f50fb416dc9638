"""Rights as AWS decides them, where MiniStack decides them otherwise.

MiniStack checks each call against the caller's policies (AUTH=true). For some calls it asks for
an action or a resource that AWS does not know, or does not know a condition key that AWS knows, so
that narrow policies that work on AWS are refused here or bind nobody:

* batches of SQS: AWS has no action of their own, `sqs:SendMessage` allows `SendMessageBatch`
  (Service Authorization Reference, Amazon SQS);
* answers to a state machine's task token: AWS names the state machine, MiniStack `*`;
* `SendEmail`: AWS names the sender's identity and the configuration set and knows the key
  `ses:FromAddress`, MiniStack names `*` and knows no key;
* `dynamodb:LeadingKeys`, the partition keys that a request names (DynamoDB Developer Guide, "Using
  IAM policy conditions for fine-grained access control"), is unknown to MiniStack. Of a transaction
  all items' keys are asked for at each of its actions, which is stricter than AWS, never wider;
* `dynamodb:Attributes`, the attributes that a request on single items names (same guide), is unknown
  to MiniStack as well.

Nothing here is deployed.
"""

import json
import re
from email.utils import parseaddr

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import dynamodb, stepfunctions

BATCHES = ("SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch")
TASK_ANSWERS = ("states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat")

_extract_iam_action = iam_actions.extract_iam_action
_enforce = iam_evaluator.enforce
_enforce_ses_v2 = app._enforce_ses_v2
_dynamodb_service_context = iam_actions.dynamodb_service_context


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


def _partition_attribute(table, index=None):
    """The partition key's name, of a table or of one of its indices; None if there is no such thing."""
    description = dynamodb._tables.get(table) or {}
    if index:
        indices = description.get("GlobalSecondaryIndexes") or []
        description = next((i for i in indices if i.get("IndexName") == index), {})
    return next((k["AttributeName"] for k in description.get("KeySchema", []) if k["KeyType"] == "HASH"), None)


def _of_item(table, item):
    """The partition that an item or a key lies in."""
    return (item.get(_partition_attribute(table)) or {}).get("S", "")


def _of_query(request):
    """The partition that a query reads."""
    wanted = _partition_attribute(request.get("TableName"), request.get("IndexName"))
    names = request.get("ExpressionAttributeNames") or {}
    for name, value in re.findall(r"([#\w]+)\s*=\s*(:\w+)", request.get("KeyConditionExpression") or ""):
        if names.get(name, name) == wanted:
            return (request.get("ExpressionAttributeValues", {}).get(value) or {}).get("S", "")
    return ""


def leading_keys(request):
    """The partition keys that a request names; an empty one for what names none, which no pattern allows."""
    keys = []
    for action in request.get("TransactItems") or []:
        for part in action.values():
            keys.append(_of_item(part.get("TableName"), part.get("Key") or part.get("Item") or {}))
    for table, asked in (request.get("RequestItems") or {}).items():
        if isinstance(asked, dict):
            keys.extend(_of_item(table, key) for key in asked.get("Keys", []))
        else:
            parts = [part for write in asked for part in write.values()]
            keys.extend(_of_item(table, part.get("Key") or part.get("Item") or {}) for part in parts)
    if not keys:
        item = request.get("Key") or request.get("Item")
        keys.append(_of_item(request.get("TableName"), item) if item else _of_query(request))
    return keys


WORDS = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN", "if_not_exists", "list_append", "size",
         "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"}


def attributes(request):
    """The names of all attributes that a request on single items names: of keys, items and expressions."""
    parts = [part for action in request.get("TransactItems") or [] for part in action.values()] or [request]
    found = set()
    for part in parts:
        found.update(part.get("Key") or {}, part.get("Item") or {})
        names = part.get("ExpressionAttributeNames") or {}
        for kind in ("UpdateExpression", "ConditionExpression", "ProjectionExpression"):
            for name in re.findall(r"(?<![:\w#])#?[A-Za-z_]\w*", part.get(kind) or ""):
                if name not in WORDS:
                    found.add(names.get(name, name))
    return sorted(found)


def dynamodb_service_context(body):
    """The condition keys of a DynamoDB request, with the partitions and attributes it names."""
    request = json.loads(body or b"{}")
    return {**_dynamodb_service_context(body), "dynamodb:LeadingKeys": leading_keys(request),
            "dynamodb:Attributes": attributes(request)}


def install():
    """Puts these in place of MiniStack's own."""
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.dynamodb_service_context = dynamodb_service_context
    iam_evaluator.enforce = enforce
    app._enforce_ses_v2 = enforce_ses_v2
