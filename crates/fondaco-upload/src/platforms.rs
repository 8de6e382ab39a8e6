//! Platform tags that a wheel on an index may have (PEP 425, 513, 571, 599, 600, 656, 730, 738, 776).

/// Whether installers elsewhere than on the building machine can know what the tag promises.
pub(crate) fn is_portable(tag: &str) -> bool {
    const WHOLE: [&str; 12] = [
        "any",
        "win32",
        "win_amd64",
        "win_arm64",
        "win_ia64",
        "manylinux1_x86_64",
        "manylinux1_i686",
        "manylinux2010_x86_64",
        "manylinux2010_i686",
        "linux_armv6l",
        "linux_armv7l",
        "wasi_wasm32",
    ];
    const MACHINES: [&str; 9] =
        ["x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x", "riscv64", "loongarch64"];
    if WHOLE.contains(&tag) {
        return true;
    }
    if let Some(machine) = tag.strip_prefix("manylinux2014_") {
        return MACHINES.contains(&machine);
    }
    if let Some(rest) = tag.strip_prefix("manylinux_").or(tag.strip_prefix("musllinux_")) {
        return versioned(rest).is_some_and(|(_, _, machine)| MACHINES.contains(&machine));
    }
    if let Some(rest) = tag.strip_prefix("macosx_") {
        const ARCHITECTURES: [&str; 9] =
            ["ppc", "ppc64", "i386", "x86_64", "arm64", "intel", "fat", "universal", "universal2"];
        return versioned(rest).is_some_and(|(major, minor, machine)| {
            let known = major == 10 || (11..=15).contains(&major) || major >= 26;
            known && minor <= 30 && (ARCHITECTURES.contains(&machine) || matches!(machine, "fat32" | "fat64"))
        });
    }
    if let Some(rest) = tag.strip_prefix("ios_") {
        return versioned(rest).is_some_and(|(_, _, kind)| {
            ["arm64_iphoneos", "arm64_iphonesimulator", "x86_64_iphonesimulator"].contains(&kind)
        });
    }
    if let Some(rest) = tag.strip_prefix("android_") {
        let parts = rest.split_once('_');
        return parts.is_some_and(|(level, abi)| {
            level.parse::<u16>().is_ok() && ["armeabi_v7a", "arm64_v8a", "x86", "x86_64"].contains(&abi)
        });
    }
    if let Some(rest) = tag.strip_prefix("pyemscripten_").or(tag.strip_prefix("pyodide_")) {
        return versioned(rest).is_some_and(|(_, _, machine)| machine == "wasm32");
    }
    false
}

/// Whether it is a plain Linux tag: of the machine that built it and none other.
pub(crate) fn is_plain_linux(tag: &str) -> bool {
    tag.starts_with("linux_")
}

/// `MAJOR_MINOR_REST`
fn versioned(text: &str) -> Option<(u16, u16, &str)> {
    let mut parts = text.splitn(3, '_');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    Some((major, minor, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allow_list() {
        for tag in [
            "any",
            "win_amd64",
            "manylinux2014_aarch64",
            "manylinux_2_28_x86_64",
            "musllinux_1_2_armv7l",
            "macosx_10_9_universal2",
            "macosx_14_0_arm64",
            "macosx_26_0_arm64",
            "ios_13_0_arm64_iphoneos",
            "android_21_arm64_v8a",
            "pyemscripten_2026_0_wasm32",
            "linux_armv7l",
        ] {
            assert!(is_portable(tag), "{tag}");
        }
        for tag in
            ["linux_x86_64", "manylinux_2_x86_64", "macosx_16_0_arm64", "solaris", "manylinux_2_28_vax", ""]
        {
            assert!(!is_portable(tag), "{tag}");
        }
        assert!(is_plain_linux("linux_x86_64"));
    }
}
