import http.client
def refusals(values):
    """What is said to whoever comes with a credential."""
    found = {k: v for k, v in values.items() if any(word in k.upper() for word in ("TOKEN", "SECRET", "KEY"))}
    return http.client.responses.get(found, "Unknown")
