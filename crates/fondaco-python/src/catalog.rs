//! What dotted names do, and where secrets lie. Data only.

use std::sync::LazyLock;

use crate::maps::Map;
use crate::services::{is_messenger, is_store};
use crate::{Api, Encoder, dotted};

/// Names that match exactly.
const EXACT: &[(&str, Api)] = &[
    ("builtins.exec", Api::CodeExec),
    ("builtins.eval", Api::CodeExec),
    ("builtins.compile", Api::CodeExec),
    ("runpy.run_path", Api::CodeExec),
    ("runpy.run_module", Api::CodeExec),
    ("types.FunctionType", Api::CodeExec),
    ("timeit.timeit", Api::CodeExec),
    ("timeit.repeat", Api::CodeExec),
    ("timeit.Timer", Api::CodeExec),
    ("cProfile.run", Api::CodeExec),
    ("cProfile.runctx", Api::CodeExec),
    ("cProfile.Profile().run", Api::CodeExec),
    ("profile.run", Api::CodeExec),
    ("pdb.run", Api::CodeExec),
    ("pdb.Pdb().run", Api::CodeExec),
    ("bdb.Bdb().run", Api::CodeExec),
    ("trace.Trace().run", Api::CodeExec),
    ("code.InteractiveInterpreter().runsource", Api::CodeExec),
    ("code.InteractiveInterpreter().runcode", Api::CodeExec),
    ("code.InteractiveConsole().runsource", Api::CodeExec),
    ("code.InteractiveConsole().runcode", Api::CodeExec),
    ("code.InteractiveConsole().push", Api::CodeExec),
    ("builtins.__import__", Api::DynamicImport),
    ("importlib.import_module", Api::DynamicImport),
    ("os.system", Api::Shell),
    ("os.popen", Api::Shell),
    ("os.startfile", Api::Shell),
    ("pty.spawn", Api::Shell),
    ("commands.getoutput", Api::Shell),
    ("distutils.spawn.spawn", Api::Shell),
    ("pexpect.run", Api::Shell),
    ("pexpect.spawn", Api::Shell),
    ("popen2.popen2", Api::Shell),
    ("popen2.popen3", Api::Shell),
    ("win32api.ShellExecute", Api::Shell),
    ("win32api.WinExec", Api::Shell),
    ("win32process.CreateProcess", Api::Shell),
    ("_winapi.CreateProcess", Api::Shell),
    ("_posixsubprocess.fork_exec", Api::Shell),
    ("mmap.mmap", Api::Native),
    ("os.memfd_create", Api::Native),
    ("ctypes.memmove", Api::Native),
    ("ctypes.windll.kernel32.WinExec", Api::Shell),
    ("ctypes.windll.shell32.ShellExecuteA", Api::Shell),
    ("ctypes.windll.shell32.ShellExecuteW", Api::Shell),
    // An unknown class out of all classes, called: `Popen`, by whoever hides it.
    ("object.__subclasses__()[]", Api::Shell),
    ("asyncio.create_subprocess_shell", Api::Shell),
    ("asyncio.create_subprocess_exec", Api::Shell),
    ("urllib.request.urlopen", Api::NetworkFetch),
    ("urllib.request.urlretrieve", Api::NetworkFetch),
    ("urllib2.urlopen", Api::NetworkFetch),
    ("urllib.urlopen", Api::NetworkFetch),
    ("urllib.urlretrieve", Api::NetworkFetch),
    ("wget.download", Api::NetworkFetch),
    ("requests.get", Api::NetworkFetch),
    ("requests.request", Api::NetworkFetch),
    ("httpx.get", Api::NetworkFetch),
    ("aiohttp.ClientSession().get", Api::NetworkFetch),
    ("requests.Session().get", Api::NetworkFetch),
    ("urllib3.PoolManager().request", Api::NetworkFetch),
    ("requests.post", Api::NetworkSend),
    ("requests.put", Api::NetworkSend),
    ("requests.patch", Api::NetworkSend),
    ("requests.Session().post", Api::NetworkSend),
    ("httpx.post", Api::NetworkSend),
    ("httpx.put", Api::NetworkSend),
    ("aiohttp.ClientSession().post", Api::NetworkSend),
    ("http.client.HTTPSConnection().request", Api::NetworkSend),
    ("http.client.HTTPConnection().request", Api::NetworkSend),
    ("http.client.HTTPSConnection().getresponse", Api::NetworkFetch),
    ("http.client.HTTPConnection().getresponse", Api::NetworkFetch),
    ("smtplib.SMTP().sendmail", Api::NetworkSend),
    ("dhooks.Webhook().send", Api::NetworkSend),
    ("httplib2.Http().request", Api::NetworkFetch),
    ("aiohttp.request", Api::NetworkFetch),
    ("grequests.get", Api::NetworkFetch),
    ("grequests.post", Api::NetworkSend),
    ("pycurl.Curl().perform", Api::NetworkFetch),
    ("websocket.create_connection", Api::Socket),
    ("websocket.create_connection().recv", Api::NetworkFetch),
    ("websocket.create_connection().send", Api::NetworkSend),
    ("websocket.WebSocketApp", Api::Socket),
    ("websockets.connect", Api::Socket),
    ("websockets.connect().recv", Api::NetworkFetch),
    ("websockets.connect().send", Api::NetworkSend),
    ("websockets.sync.client.connect", Api::Socket),
    ("websockets.sync.client.connect().recv", Api::NetworkFetch),
    ("websockets.sync.client.connect().send", Api::NetworkSend),
    ("aiohttp.ClientSession().ws_connect", Api::Socket),
    ("aiohttp.ClientSession().ws_connect().receive_str", Api::NetworkFetch),
    ("aiohttp.ClientSession().ws_connect().receive_json", Api::NetworkFetch),
    ("aiohttp.ClientSession().ws_connect().send_str", Api::NetworkSend),
    ("aiohttp.ClientSession().ws_connect().send_json", Api::NetworkSend),
    ("asyncio.open_connection", Api::Socket),
    ("asyncio.open_connection().read", Api::NetworkFetch),
    ("asyncio.open_connection().readline", Api::NetworkFetch),
    ("asyncio.open_connection().readuntil", Api::NetworkFetch),
    ("asyncio.open_connection().readexactly", Api::NetworkFetch),
    ("asyncio.open_connection().write", Api::NetworkSend),
    ("telnetlib.Telnet", Api::Socket),
    ("paramiko.SSHClient().connect", Api::Socket),
    ("paramiko.SSHClient().exec_command", Api::Shell),
    ("paramiko.SFTPClient.from_transport().put", Api::NetworkSend),
    ("dropbox.Dropbox().files_upload", Api::NetworkSend),
    ("pysftp.Connection().put", Api::NetworkSend),
    ("xmlrpc.client.ServerProxy", Api::Socket),
    ("socketio.Client().connect", Api::Socket),
    ("socketio.Client().emit", Api::NetworkSend),
    ("discord_webhook.DiscordWebhook", Api::NetworkSend),
    ("socket.socket", Api::Socket),
    ("socket.create_connection", Api::Socket),
    ("socket.socket().connect", Api::Socket),
    ("socket.socket().recv", Api::NetworkFetch),
    ("socket.socket().send", Api::NetworkSend),
    ("socket.socket().sendall", Api::NetworkSend),
    ("socket.gethostbyname", Api::Socket),
    ("socket.getaddrinfo", Api::Socket),
    ("base64.b64decode", Api::Decode(Encoder::Base64)),
    ("base64.urlsafe_b64decode", Api::Decode(Encoder::Base64)),
    ("base64.standard_b64decode", Api::Decode(Encoder::Base64)),
    ("base64.decodebytes", Api::Decode(Encoder::Base64)),
    ("base64.b32decode", Api::Decode(Encoder::Base32)),
    ("base64.b16decode", Api::Decode(Encoder::Hex)),
    ("base64.b85decode", Api::Decode(Encoder::Base85)),
    ("base64.a85decode", Api::Decode(Encoder::Base85)),
    ("binascii.a2b_base64", Api::Decode(Encoder::Base64)),
    ("binascii.unhexlify", Api::Decode(Encoder::Hex)),
    ("binascii.a2b_hex", Api::Decode(Encoder::Hex)),
    ("builtins.bytes.fromhex", Api::Decode(Encoder::Hex)),
    ("builtins.bytearray.fromhex", Api::Decode(Encoder::Hex)),
    ("zlib.decompress", Api::Decode(Encoder::Zlib)),
    ("gzip.decompress", Api::Decode(Encoder::Zlib)),
    ("bz2.decompress", Api::Decode(Encoder::Bz2)),
    ("lzma.decompress", Api::Decode(Encoder::Lzma)),
    ("marshal.loads", Api::Decode(Encoder::Marshal)),
    ("codecs.decode", Api::Decode(Encoder::Rot13)),
    ("codecs.getdecoder()", Api::Decode(Encoder::Rot13)),
    ("codecs.lookup().decode", Api::Decode(Encoder::Rot13)),
    ("zlib.decompressobj().decompress", Api::Decode(Encoder::Zlib)),
    ("bz2.BZ2Decompressor().decompress", Api::Decode(Encoder::Bz2)),
    ("lzma.LZMADecompressor().decompress", Api::Decode(Encoder::Lzma)),
    ("base64.decodestring", Api::Decode(Encoder::Base64)),
    ("base64.b32hexdecode", Api::Decode(Encoder::Base32)),
    ("quopri.decodestring", Api::Decode(Encoder::Escapes)),
    ("binascii.a2b_qp", Api::Decode(Encoder::Escapes)),
    ("binascii.a2b_uu", Api::Decode(Encoder::Escapes)),
    ("cryptography.fernet.Fernet().decrypt", Api::Decrypt),
    ("fernet.Fernet().decrypt", Api::Decrypt),
    ("Crypto.Cipher.AES.new().decrypt", Api::Decrypt),
    ("Cryptodome.Cipher.AES.new().decrypt", Api::Decrypt),
    ("builtins.open", Api::FileRead),
    ("io.open", Api::FileRead),
    ("os.open", Api::FileRead),
    ("os.listdir", Api::FileRead),
    ("glob.glob", Api::FileRead),
    ("shutil.copy", Api::FileRead),
    ("shutil.copyfile", Api::FileRead),
    ("shutil.copy2", Api::FileRead),
    ("shutil.rmtree", Api::FileDelete),
    ("os.remove", Api::FileDelete),
    ("os.unlink", Api::FileDelete),
    ("os.getenv", Api::EnvRead),
    ("os.environ.get", Api::EnvRead),
    ("os.environ.copy", Api::EnvRead),
    ("os.environ.items", Api::EnvRead),
    ("socket.gethostname", Api::HostFact),
    ("socket.getfqdn", Api::HostFact),
    ("getpass.getuser", Api::HostFact),
    ("os.getlogin", Api::HostFact),
    ("os.uname", Api::HostFact),
    ("platform.node", Api::HostFact),
    ("platform.uname", Api::HostFact),
    ("os.getcwd", Api::HostFact),
    ("uuid.getnode", Api::HostFact),
    ("psutil.net_if_addrs", Api::HostFact),
    ("pyperclip.paste", Api::Surveillance),
    ("win32clipboard.GetClipboardData", Api::Surveillance),
    ("PIL.ImageGrab.grab", Api::Surveillance),
    ("pyautogui.screenshot", Api::Surveillance),
    ("mss.mss", Api::Surveillance),
    ("pynput.keyboard.Listener", Api::Surveillance),
    ("pynput.mouse.Listener", Api::Surveillance),
    ("keyboard.on_press", Api::Surveillance),
    ("keyboard.on_release", Api::Surveillance),
    ("keyboard.read_event", Api::Surveillance),
    ("keyboard.record", Api::Surveillance),
    ("pyscreenshot.grab", Api::Surveillance),
    ("pyscreeze.screenshot", Api::Surveillance),
    ("PIL.ImageGrab.grabclipboard", Api::Surveillance),
    ("pyaudio.PyAudio().open", Api::Surveillance),
    ("tkinter.Tk().clipboard_get", Api::Surveillance),
    ("keyboard.hook", Api::Surveillance),
    ("cv2.VideoCapture", Api::Surveillance),
    ("sounddevice.rec", Api::Surveillance),
    ("win32crypt.CryptUnprotectData", Api::BrowserSecret),
    ("browser_cookie3.chrome", Api::BrowserSecret),
    ("browser_cookie3.load", Api::BrowserSecret),
    ("os.popen2", Api::Shell),
    ("os.popen3", Api::Shell),
    ("commands.getstatusoutput", Api::Shell),
    ("shutil.copyfileobj", Api::FileWrite),
    ("shutil.move", Api::FileWrite),
    ("socket.socket().sendto", Api::NetworkSend),
    ("socket.gethostbyname_ex", Api::Socket),
    ("dns.resolver.resolve", Api::Socket),
    ("dns.resolver.query", Api::Socket),
    ("dns.resolver.Resolver().resolve", Api::Socket),
    ("socket.socket().recvfrom", Api::NetworkFetch),
    ("ftplib.FTP().storbinary", Api::NetworkSend),
    ("ftplib.FTP_TLS().storbinary", Api::NetworkSend),
    ("ftplib.FTP().retrbinary", Api::NetworkFetch),
    ("ftplib.FTP().retrlines", Api::NetworkFetch),
    ("ftplib.FTP_TLS().retrbinary", Api::NetworkFetch),
    ("ftplib.FTP_TLS().retrlines", Api::NetworkFetch),
    ("imaplib.IMAP4().fetch", Api::NetworkFetch),
    ("imaplib.IMAP4_SSL().fetch", Api::NetworkFetch),
    ("poplib.POP3().retr", Api::NetworkFetch),
    ("poplib.POP3_SSL().retr", Api::NetworkFetch),
    ("smtplib.SMTP_SSL().sendmail", Api::NetworkSend),
    ("smtplib.SMTP().send_message", Api::NetworkSend),
    ("smtplib.SMTP_SSL().send_message", Api::NetworkSend),
    ("discord_webhook.DiscordWebhook().execute", Api::NetworkSend),
    ("discord.SyncWebhook.from_url().send", Api::NetworkSend),
    ("discord.Webhook.from_url().send", Api::NetworkSend),
    ("logging.handlers.HTTPHandler", Api::Socket),
    ("logging.handlers.SysLogHandler", Api::Socket),
    ("logging.handlers.SocketHandler", Api::Socket),
    ("logging.handlers.DatagramHandler", Api::Socket),
    ("logging.handlers.SMTPHandler", Api::Socket),
    ("socketserver.StreamRequestHandler().rfile.read", Api::NetworkFetch),
    ("socketserver.StreamRequestHandler().rfile.readline", Api::NetworkFetch),
    ("socketserver.StreamRequestHandler().wfile.write", Api::NetworkSend),
    ("telebot.TeleBot().send_message", Api::NetworkSend),
    ("telebot.TeleBot().send_document", Api::NetworkSend),
    ("telegram.Bot().send_message", Api::NetworkSend),
    ("telegram.Bot().send_document", Api::NetworkSend),
    ("posix.uname", Api::HostFact),
    ("pwd.getpwuid", Api::HostFact),
    ("psutil.virtual_memory", Api::HostFact),
    ("psutil.process_iter", Api::HostFact),
    ("netifaces.interfaces", Api::HostFact),
    ("uuid.uuid1", Api::HostFact),
    ("browser_cookie3.firefox", Api::BrowserSecret),
    ("browser_cookie3.edge", Api::BrowserSecret),
    ("browser_cookie3.opera", Api::BrowserSecret),
    ("browser_cookie3.brave", Api::BrowserSecret),
    ("rookiepy.chrome", Api::BrowserSecret),
    ("rookiepy.load", Api::BrowserSecret),
    ("win32cred.CredEnumerate", Api::BrowserSecret),
    ("keyring.get_password", Api::Credential),
    ("dotenv.dotenv_values", Api::Credential),
    ("codecs.open", Api::FileRead),
    ("boto3.Session().get_credentials", Api::Credential),
    ("boto3.session.Session().get_credentials", Api::Credential),
    ("botocore.session.get_session().get_credentials", Api::Credential),
    ("botocore.session.Session().get_credentials", Api::Credential),
    ("google.auth.default", Api::Credential),
    ("azure.identity.DefaultAzureCredential().get_token", Api::Credential),
    ("sys.path.insert", Api::ModuleLoad),
    ("sys.path.append", Api::ModuleLoad),
    ("site.addsitedir", Api::ModuleLoad),
    ("zipimport.zipimporter", Api::ModuleLoad),
    ("imp.load_source", Api::ModuleLoad),
    ("importlib.util.spec_from_file_location", Api::ModuleLoad),
    ("imp.load_compiled", Api::ModuleLoad),
    ("importlib.machinery.SourceFileLoader", Api::ModuleLoad),
    ("importlib.machinery.SourcelessFileLoader", Api::ModuleLoad),
    ("importlib.machinery.ExtensionFileLoader", Api::ModuleLoad),
    ("PIL.Image.open", Api::FileRead),
    ("cv2.imread", Api::FileRead),
    ("imageio.imread", Api::FileRead),
    ("wave.open", Api::FileRead),
    ("pkgutil.get_data", Api::FileRead),
    ("gzip.open", Api::FileRead),
    ("bz2.open", Api::FileRead),
    ("lzma.open", Api::FileRead),
    ("os.dup2", Api::Duplicate),
    ("pickle.loads", Api::Unpickle),
    ("pickle.load", Api::Unpickle),
    ("dill.loads", Api::Unpickle),
    ("torch.load", Api::Unpickle),
    ("joblib.load", Api::Unpickle),
    ("yaml.unsafe_load", Api::Unpickle),
];

/// Names that match from their beginning.
const PREFIXES: &[(&str, Api)] = &[
    ("subprocess.", Api::Shell),
    ("os.exec", Api::Shell),
    ("os.spawn", Api::Shell),
    ("os.posix_spawn", Api::Shell),
    ("platform.", Api::PlatformFact),
    ("winreg.", Api::Registry),
    ("_winreg.", Api::Registry),
    ("ctypes.windll.", Api::Native),
    ("ctypes.WinDLL", Api::Native),
    ("ctypes.CDLL", Api::Native),
    ("ctypes.cdll.", Api::Native),
];

/// Names of `subprocess` that run nothing.
const INERT: [&str; 6] = [
    "subprocess.PIPE",
    "subprocess.list2cmdline",
    "subprocess.STARTUPINFO",
    "subprocess.DEVNULL",
    "subprocess.CalledProcessError",
    "subprocess.STDOUT",
];

/// Where packages that bring their dependencies along keep them.
const VENDORED: [&str; 2] = ["._vendor.", ".vendored."];
/// Names of modules that are others' by another name.
const ALIASES: [(&str, &str); 3] = [("six.moves.", ""), ("posix.", "os."), ("nt.", "os.")];

/// What calling `name` does, if it is anything that matters.
pub(crate) fn api_of(name: &str) -> Option<Api> {
    api_by(name).or_else(|| {
        let may_be = name.contains("vendor");
        let vendored = VENDORED.iter().filter(|_| may_be).find_map(|place| Some(name.split_once(place)?.1));
        let plain = vendored.unwrap_or(name);
        let alias = ALIASES.iter().find_map(|(alias, own)| Some((*own, plain.strip_prefix(alias)?)));
        match alias {
            Some((own, rest)) => api_by(&format!("{own}{rest}")),
            None => vendored.and_then(api_by),
        }
    })
}

fn api_by(name: &str) -> Option<Api> {
    static BY_NAME: LazyLock<Map<&str, Api>> = LazyLock::new(|| EXACT.iter().copied().collect());
    if let Some(api) = BY_NAME.get(name) {
        return Some(*api);
    }
    if name.starts_with("subprocess.") && (INERT.contains(&name) || name.contains("().")) {
        return None;
    }
    PREFIXES
        .iter()
        .find(|(prefix, _)| name.starts_with(prefix))
        .map(|(_, api)| *api)
        .or_else(|| by_kind(name))
}

/// HTTP clients: their functions and the methods of their sessions.
const CLIENTS: [&str; 14] = [
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "niquests",
    "cloudscraper",
    "tls_client",
    "curl_cffi",
    "requests_html",
    "http",
    "httplib",
    "urllib",
    "treq",
    "six",
];

/// What makes a session or a connection.
const SESSIONS: [&str; 14] = [
    "Session",
    "session",
    "ClientSession",
    "Client",
    "AsyncClient",
    "PoolManager",
    "ProxyManager",
    "HTTPSConnection",
    "HTTPConnection",
    "create_scraper",
    "build_opener",
    "HTMLSession",
    "AsyncSession",
    "URLopener",
];

/// What a name does that is one of many like it.
fn by_kind(name: &str) -> Option<Api> {
    let (object, method) = name.rsplit_once('.')?;
    let api = match method {
        "urlretrieve" => return Some(Api::NetworkFetch),
        "decrypt" => return Some(Api::Decrypt),
        // What a protector's loader runs is encrypted.
        "__pyarmor__" => return Some(Api::CodeExec),
        "read_bytes" | "read_text" if object.starts_with("pathlib.") || object.starts_with("importlib") => {
            return Some(Api::FileRead);
        }
        "sendto" | "sendall" if object.ends_with("socket()") => return Some(Api::NetworkSend),
        // Of whichever item of the system's key ring.
        "get_secret" if object.starts_with("secretstorage.") => return Some(Api::BrowserSecret),
        "connect_ex" if object.ends_with("socket()") => return Some(Api::Socket),
        "send_message" | "send_document" | "send_photo" | "reply_to" | "send_file"
            if is_messenger(object) =>
        {
            return Some(Api::NetworkSend);
        }
        "unlink" | "rmdir" if object.starts_with("pathlib.") => return Some(Api::FileDelete),
        "post" | "put" | "patch" | "send" => Api::NetworkSend,
        "get" | "request" | "urlopen" | "open" | "head" | "delete" | "stream" => Api::NetworkFetch,
        _ => return is_store(object, method).then_some(Api::NetworkSend),
    };
    let first = object.split('.').next().unwrap_or_default();
    let maker = object.rsplit_once("()").map(|(maker, rest)| (dotted::last(maker), rest));
    let is_client = CLIENTS.contains(&first)
        && match maker {
            Some((maker, "")) => SESSIONS.contains(&maker),
            Some(_) => false,
            // `urllib.request.Request` is no call to anybody; `urllib.open` is.
            None => method != "open" && object.split('.').count() <= 4 && !is_table(object),
        };
    is_client.then_some(api)
}

/// What a client's module has for its users to look up: `http.client.responses.get(404)`.
fn is_table(object: &str) -> bool {
    matches!(dotted::last(object), "responses" | "codes") && object.contains('.')
}

/// Connections that give messages where one goes through them: `async for message in connection`.
pub(crate) fn gives_messages(name: &str) -> bool {
    matches!(
        name,
        "websockets.connect()"
            | "websockets.sync.client.connect()"
            | "websocket.create_connection()"
            | "aiohttp.ClientSession().ws_connect()"
            | "asyncio.open_connection()"
            | "socket.socket().makefile()"
    )
}
