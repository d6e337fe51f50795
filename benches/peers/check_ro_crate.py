"""A run's folder, or what was exported of it, before the public validators of RO-Crate.

    python check_ro_crate.py FOLDER...

Needs the packages rocrate and roc-validator. Every FOLDER is loaded with rocrate and checked against all REQUIRED rules of
RO-Crate 1.1, Process Run Crate 0.5, Workflow RO-Crate 1.0 and Workflow Run Crate 0.5. RECOMMENDED rules that do not hold
are printed and do not fail. The JSON-LD context is the copy that rocrate carries, with the terms of 1.1 that later versions
moved, so that no server is asked.
"""

import json
import sys
from collections import Counter
from importlib.resources import files

import rdflib.plugins.shared.jsonld.context as jsonld_context
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

PROFILES = ["ro-crate-1.1", "process-run-crate-0.5", "workflow-ro-crate-1.0", "workflow-run-crate-0.5"]
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
MOVED = {name: f"https://bioschemas.org/{name}" for name in ["ComputationalWorkflow", "FormalParameter"]}


def use_local_context():
    context = json.loads((files("rocrate") / "data/ro-crate.jsonld").read_text())
    context["@context"].update(MOVED)
    of_web = jsonld_context.source_to_json
    jsonld_context.source_to_json = lambda url, *rest: (context, None) if url == CONTEXT else of_web(url, *rest)
    answer = type("Answer", (), {
        "status_code": 200,
        "headers": {"Content-Type": "application/ld+json"},
        "json": staticmethod(lambda: context),
    })
    HttpRequester.get = lambda self, url, **rest: answer if url == CONTEXT else self.session.get(url, **rest)


def issues(folder, profile, severity):
    result = services.validate({
        "rocrate_uri": folder,
        "profile_identifier": profile,
        "requirement_severity": severity,
    })
    return [issue for issue in result.get_issues() if issue.severity == severity]


def main():
    use_local_context()
    failed = False
    for folder in sys.argv[1:]:
        crate = ROCrate(folder)
        print(f"{folder}: {len(crate.get_entities())} entities, main entity {crate.mainEntity.id if crate.mainEntity else None}")
        for profile in PROFILES:
            required = issues(folder, profile, models.Severity.REQUIRED)
            advised = issues(folder, profile, models.Severity.RECOMMENDED)
            failed |= bool(required)
            print(f"  {profile}: {len(required)} required rules broken, {len(advised)} recommended ones not followed")
            for text, times in Counter(f"{issue.severity.name}: {issue.message}" for issue in required + advised).items():
                print(f"    {times} x {text}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
