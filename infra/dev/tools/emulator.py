"""Starts MiniStack with the parts of SES that it lacks.

SES publishes what becomes of each mail to the event destinations of the mail's configuration set,
keeps an account-level suppression list, and does not send to addresses on it. MiniStack accepts
mails and does none of this, so the handlers behind it would never run. This launcher adds it inside
the server, driven by the same configuration set and event destination that the template creates:

* events SEND, then DELIVERY, BOUNCE or COMPLAINT, in the configuration-set format
  (docs.aws.amazon.com/ses, "Examples of event data"), with the mail's tags;
* the mailbox simulator: bounce@, complaint@ and suppressionlist@simulator.amazonses.com, also with
  a label (bounce+label@); any address whose local part starts with one of these words and whose
  domain is example.edu or example.dk (or below) behaves the same, so that invented students can
  bounce;
* the suppression list: GET, PUT and DELETE /v2/email/suppression/addresses[/ADDRESS];
* the tags and attachments of each mail, at GET /v2/email/_mails (MiniStack's own list has neither).

Its CloudFormation makes vaults and plans of AWS Backup, but not what a plan backs up, which its API does:
`AWS::Backup::BackupSelection` is added.

Nothing here is deployed.
"""

import asyncio
import json
import time
from datetime import datetime, timezone
from email.utils import parseaddr
from urllib.parse import unquote

import rights
from ministack.app import main
from ministack.services import backup, ses_v2, sns
from ministack.services.cloudformation import provisioners

_original = ses_v2.handle_request
_suppressed: dict = {}
_mails: list = []

SIMULATOR = "simulator.amazonses.com"
INVENTED = ("example.edu", "example.dk")


def _answer(status, value):
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def outcome(address):
    """What becomes of a mail to this address: delivery, bounce, complaint or suppressionlist."""
    local, _, domain = address.lower().partition("@")
    invented = any(domain == d or domain.endswith("." + d) for d in INVENTED)
    for word in ("bounce", "complaint", "suppressionlist"):
        if domain == SIMULATOR and local.split("+")[0] == word:
            return word
        if invented and local.startswith(word):
            return word
    if address.lower() in _suppressed:
        return "suppressionlist"
    return "delivery"


def _events(mail, recipient):
    """The events of one recipient in SES's order."""
    at = _now()
    yield "SEND", {"eventType": "Send", "mail": mail, "send": {}}
    fate = outcome(recipient)
    if fate in ("delivery", "complaint"):
        yield "DELIVERY", {"eventType": "Delivery", "mail": mail, "delivery": {
            "timestamp": at, "processingTimeMillis": 41, "recipients": [recipient],
            "smtpResponse": "250 2.0.0 OK", "reportingMTA": "a1-2.smtp-out.eu-north-1.amazonses.com"}}
    if fate == "complaint":
        _suppressed.setdefault(recipient.lower(), ("COMPLAINT", time.time()))
        yield "COMPLAINT", {"eventType": "Complaint", "mail": mail, "complaint": {
            "complainedRecipients": [{"emailAddress": recipient}], "timestamp": at,
            "feedbackId": "0100017-complaint", "complaintSubType": None,
            "userAgent": "Mailbox simulator", "complaintFeedbackType": "abuse", "arrivalDate": at}}
    if fate in ("bounce", "suppressionlist"):
        _suppressed.setdefault(recipient.lower(), ("BOUNCE", time.time()))
        suppressed = fate == "suppressionlist"
        yield "BOUNCE", {"eventType": "Bounce", "mail": mail, "bounce": {
            "bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList" if suppressed else "General",
            "bouncedRecipients": [{"emailAddress": recipient, "action": "failed", "status": "5.1.1",
                                   "diagnosticCode": "smtp; 550 5.1.1 user unknown"}],
            "timestamp": at, "feedbackId": "0100017-bounce",
            "reportingMTA": "dns; a1-2.smtp-out.eu-north-1.amazonses.com"}}


def _publish(message_id, data):
    name = data.get("ConfigurationSetName")
    record = ses_v2._config_sets.get(name) if name else None
    if record is None:
        return
    source = parseaddr(data.get("FromEmailAddress", ""))[1]
    destination = data.get("Destination", {})
    recipients = [parseaddr(a)[1] for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
                  for a in destination.get(kind) or []]
    tags = {tag["Name"]: [tag["Value"]] for tag in data.get("EmailTags") or []}
    tags["ses:configuration-set"] = [name]
    mail = {"timestamp": _now(), "messageId": message_id, "source": source, "sendingAccountId": "000000000000",
            "destination": recipients, "headersTruncated": False, "headers": [], "tags": tags,
            "commonHeaders": {"from": [data.get("FromEmailAddress", "")], "to": recipients, "messageId": message_id}}
    for target in (record.get("EventDestinations") or {}).values():
        topic = (target.get("SnsDestination") or {}).get("TopicArn")
        if not topic or not target.get("Enabled"):
            continue
        for recipient in recipients:
            for kind, event in _events(mail, recipient):
                if kind in target["MatchingEventTypes"]:
                    sns.publish_internal(topic, json.dumps(event), "Amazon SES Email Event Notification")


def _suppression(method, address):
    if method == "DELETE":
        if _suppressed.pop(address, None) is None:
            return _answer(404, {"__type": "NotFoundException", "message": "Email address is not on the list."})
        return _answer(200, {})
    entry = _suppressed.get(address)
    if entry is None:
        return _answer(404, {"__type": "NotFoundException", "message": "Email address is not on the list."})
    return _answer(200, {"SuppressedDestination": {
        "EmailAddress": address, "Reason": entry[0], "LastUpdateTime": entry[1]}})


def _with_error_type(answer):
    """The SDK reads an error's name from this header."""
    status, headers, body = answer
    if status >= 400:
        headers = {**headers, "x-amzn-ErrorType": json.loads(body).get("__type", "")}
    return status, headers, body


async def handle_request(method, path, headers, body, query_params):
    """SES v2 as MiniStack has it, with what this module adds."""
    sub = path.rstrip("/").removeprefix("/v2/email")
    if sub == "/_mails" and method == "GET":
        return _answer(200, {"mails": _mails})
    if sub == "/suppression/addresses" and method == "PUT":
        data = json.loads(body or b"{}")
        _suppressed[data["EmailAddress"].lower()] = (data["Reason"], time.time())
        return _answer(200, {})
    if sub == "/suppression/addresses" and method == "GET":
        return _answer(200, {"SuppressedDestinationSummaries": [
            {"EmailAddress": a, "Reason": r, "LastUpdateTime": t} for a, (r, t) in _suppressed.items()]})
    if sub.startswith("/suppression/addresses/"):
        return _with_error_type(_suppression(method, unquote(sub.removeprefix("/suppression/addresses/")).lower()))
    answer = await _original(method, path, headers, body, query_params)
    if sub == "/outbound-emails" and method == "POST" and answer[0] == 200:
        data = json.loads(body)
        message_id = json.loads(answer[2])["MessageId"]
        simple = data.get("Content", {}).get("Simple", {})
        _mails.append({
            "message_id": message_id,
            "to": data.get("Destination", {}).get("ToAddresses", []),
            "reply_to": data.get("ReplyToAddresses", []),
            "tags": {tag["Name"]: tag["Value"] for tag in data.get("EmailTags") or []},
            "subject": simple.get("Subject", {}).get("Data", ""),
            "attachments": [a.get("FileName") for a in simple.get("Attachments") or []],
            "calendar": next((a.get("RawContent") for a in simple.get("Attachments") or []), None),
        })
        # SES answers first and publishes afterwards.
        asyncio.get_running_loop().call_later(0.2, _publish, message_id, data)
    return answer


def _make_selection(_logical_id, props, _stack_name):
    """Hands a selection of the template to the API."""
    status, _, body = backup._create_selection(props["BackupPlanId"], {"BackupSelection": props["BackupSelection"]})
    answer = json.loads(body)
    if status >= 400:
        raise ValueError(f"AWS::Backup::BackupSelection was refused: {answer}")
    return answer["SelectionId"], {"SelectionId": answer["SelectionId"], "BackupPlanId": props["BackupPlanId"]}


def _delete_selection(physical_id, _props):
    backup._selections.pop(physical_id, None)


provisioners._RESOURCE_HANDLERS["AWS::Backup::BackupSelection"] = {
    "create": _make_selection, "delete": _delete_selection}
ses_v2.handle_request = handle_request

if __name__ == "__main__":
    rights.install()
    main()
