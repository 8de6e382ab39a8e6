//! What calls do, and where what they give comes from.

use crate::{Encoder, Taint};

/// What calling a name does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Api {
    /// Runs Python source or code objects.
    CodeExec,
    /// Runs a command.
    Shell,
    /// Reads from the network.
    NetworkFetch,
    /// Writes to the network.
    NetworkSend,
    /// Opens or uses a raw socket.
    Socket,
    /// Decodes.
    Decode(Encoder),
    /// Decrypts.
    Decrypt,
    /// Opens or reads a file.
    FileRead,
    /// Writes a file.
    FileWrite,
    /// Deletes files.
    FileDelete,
    /// Reads an environment variable.
    EnvRead,
    /// A fact about the host or its user.
    HostFact,
    /// Which system and processor this is: what every download of a build asks.
    PlatformFact,
    /// Clipboard, screen, keys, camera.
    Surveillance,
    /// Calls native code by address or name.
    Native,
    /// Windows registry.
    Registry,
    /// Imports a module by a computed name.
    DynamicImport,
    /// Reads what a browser or the system protects.
    BrowserSecret,
    /// Duplicates a descriptor onto another (reverse shells).
    Duplicate,
    /// Unpickles.
    Unpickle,
    /// Gives keys to a cloud.
    Credential,
    /// Makes a file something that is imported.
    ModuleLoad,
    /// Puts a function of its own in the place of another module's.
    Patch,
}

/// The taint of what a call to this gives.
pub(crate) fn taint_of(api: Api) -> Taint {
    match api {
        Api::NetworkFetch => Taint::NETWORK,
        Api::NetworkSend => Taint::NETWORK,
        Api::Decode(_) => Taint::DECODED,
        Api::Decrypt => Taint::DECODED | Taint::DECRYPTED,
        Api::FileRead => Taint::FILE,
        Api::EnvRead => Taint::ENVIRONMENT,
        Api::HostFact => Taint::HOST,
        Api::Surveillance => Taint::SURVEILLANCE,
        Api::BrowserSecret => Taint::BROWSER | Taint::SECRET,
        Api::Shell => Taint::COMMAND_OUTPUT,
        Api::Registry => Taint::HOST,
        // As good as the file that they lie in.
        Api::Credential => Taint::SECRET | Taint::FILE,
        _ => Taint::NONE,
    }
}
