"""Expands the short forms of a SAM template the way CloudFormation does, so that what is deployed is what is checked.

Usage: python expand.py TEMPLATE REGION. Prints CloudFormation as JSON. Local paths become keys of a bucket named
`artefacts`, so that the checks still see them.
"""

import json
import logging
import os
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The template names none by their short names."""

    def load(self):
        return {}


def main(path, region):
    logging.disable(logging.CRITICAL)
    os.environ["AWS_DEFAULT_REGION"] = region
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for local in ("CodeUri", "DefinitionUri"):
            if local in properties:
                properties[local] = "s3://artefacts/" + properties[local].strip("./")
    json.dump(transform(template, {}, NoManagedPolicies()), sys.stdout, indent=1)


main(*sys.argv[1:])
