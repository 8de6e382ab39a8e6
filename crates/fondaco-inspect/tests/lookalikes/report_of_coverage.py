import os, requests
def upload(report):
    """Uploads coverage, with what the CI says of itself."""
    data = {"commit": os.environ.get("GITHUB_SHA"), "branch": os.environ.get("GITHUB_REF"), "run": os.environ.get("GITHUB_RUN_ID")}
    t = os.environ.get("COVERAGE_TOKEN")
    r = requests.post("https://coverage.series.example.org/upload/v4", params=data, headers={"Authorization": f"token {t}"}, data=report)
    r.raise_for_status()
