import requests
def upload_certificate(token, certificate, private_key):
    """Uploads a certificate for a load balancer."""
    r = requests.post("https://api.cloud.example.org/v1/certificates", headers={"Authorization": "Bearer " + token}, json={"certificate": certificate, "private_key": private_key})
    r.raise_for_status()
    return r.json()["id"]
