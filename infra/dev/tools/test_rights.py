"""Which partitions a request names, as rights.py tells them to the policies. Run: python -m unittest."""

import json
import unittest
from unittest.mock import patch

import rights

TABLE = {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
         "GlobalSecondaryIndexes": [{"IndexName": "deadline", "KeySchema": [
             {"AttributeName": "deadline_pk", "KeyType": "HASH"}]}]}


def key(partition):
    return {"pk": {"S": partition}, "sk": {"S": "x"}}


def named(**request):
    with patch.object(rights.dynamodb, "_tables", {"app": TABLE}):
        return rights.leading_keys(request)


class LeadingKeys(unittest.TestCase):
    def test_single_items(self):
        self.assertEqual(named(TableName="app", Key=key("CONTACT#1")), ["CONTACT#1"])
        self.assertEqual(named(TableName="app", Item=key("FORM#1")), ["FORM#1"])

    def test_batches(self):
        self.assertEqual(named(RequestItems={"app": {"Keys": [key("A"), key("B")]}}), ["A", "B"])
        writes = [{"PutRequest": {"Item": key("A")}}, {"DeleteRequest": {"Key": key("B")}}]
        self.assertEqual(named(RequestItems={"app": writes}), ["A", "B"])

    def test_transactions(self):
        items = [{"Put": {"TableName": "app", "Item": key("A")}}, {"Update": {"TableName": "app", "Key": key("B")}}]
        self.assertEqual(named(TransactItems=items), ["A", "B"])

    def test_queries(self):
        values = {":pk": {"S": "INS#1"}, ":p": {"S": "COHORT#"}}
        condition = "pk = :pk AND begins_with(sk, :p)"
        query = {"TableName": "app", "ExpressionAttributeValues": values}
        self.assertEqual(named(KeyConditionExpression=condition, **query), ["INS#1"])
        names = {"#k": "deadline_pk", "#s": "deadline_sk"}
        self.assertEqual(named(IndexName="deadline", KeyConditionExpression="#s < :p AND #k = :pk",
                               ExpressionAttributeNames=names, **query), ["INS#1"])

    def test_what_names_none_is_refused(self):
        # A table that is read as a whole, or a request in a form that is not understood, matches no pattern.
        for request in ({"TableName": "app"}, {"TableName": "gone", "Key": key("A")},
                        {"TableName": "app", "Key": {"sk": {"S": "x"}}},
                        {"TableName": "app", "KeyConditionExpression": "sk = :pk"}):
            self.assertEqual(named(**request), [""], request)

    def test_attributes(self):
        update = {"TableName": "app", "Key": key("CONTACT#1"), "UpdateExpression": "SET #a = :a REMOVE role",
                  "ConditionExpression": "attribute_exists(pk) AND (attribute_not_exists(day) OR day < :a)",
                  "ExpressionAttributeNames": {"#a": "last_active_on"}}
        self.assertEqual(rights.attributes(update), ["day", "last_active_on", "pk", "role", "sk"])
        put = {"Put": {"TableName": "app", "Item": {**key("A"), "name": {"S": "x"}}}}
        self.assertEqual(rights.attributes({"TransactItems": [put]}), ["name", "pk", "sk"])

    def test_they_reach_the_policies(self):
        with patch.object(rights.dynamodb, "_tables", {"app": TABLE}):
            body = json.dumps({"TableName": "app", "Key": key("CONTACT#1")}).encode()
            context = rights.dynamodb_service_context(body)
        self.assertEqual(context["dynamodb:LeadingKeys"], ["CONTACT#1"])
        self.assertEqual(context["dynamodb:Select"], "ALL_ATTRIBUTES")


if __name__ == "__main__":
    unittest.main()
