//! Conditions that hold only where somebody asked for what stands under them.

use ruff_python_ast::{CmpOp, Expr, Number};

use super::statement::dotted;

/// The commands that installers and build backends have a setup script do; whoever asks for anything
/// else has typed it.
const INSTALLED_BY: [&str; 27] = [
    "bdist",
    "bdist_dumb",
    "bdist_egg",
    "bdist_rpm",
    "bdist_wheel",
    "bdist_wininst",
    "build",
    "build_clib",
    "build_ext",
    "build_py",
    "build_scripts",
    "build_src",
    "clean",
    "config",
    "develop",
    "dist_info",
    "easy_install",
    "editable_wheel",
    "egg_info",
    "install",
    "install_data",
    "install_egg_info",
    "install_headers",
    "install_lib",
    "install_scripts",
    "rotate",
    "sdist",
];

/// Whether nobody but a person says this word to a setup script. Options are what installers add.
fn is_a_persons(word: &str) -> bool {
    word.len() > 2
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && !word.contains(['/', '\\', '.'])
        && !INSTALLED_BY.contains(&word)
}

fn is_zero(number: &Number) -> bool {
    matches!(number, Number::Int(int) if int.as_u8() == Some(0))
}

/// `"publish" in sys.argv`, `sys.argv[1] == "publish"`.
pub(super) fn is_typed(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let is_argv = |side: &Expr| dotted(side).as_deref() == Some("sys.argv");
    let word = |side: &Expr| match side {
        Expr::StringLiteral(text) => is_a_persons(text.value.to_str()),
        _ => false,
    };
    let is_argument = |side: &Expr| match side {
        // The first is the program's own name.
        Expr::Subscript(item) => {
            let is_first = matches!(item.slice.as_ref(), Expr::NumberLiteral(n) if is_zero(&n.value));
            let is_index = matches!(item.slice.as_ref(), Expr::NumberLiteral(_) | Expr::UnaryOp(_));
            is_argv(&item.value) && is_index && !is_first
        }
        _ => false,
    };
    match (compare.left.as_ref(), compare.ops.as_ref(), compare.comparators.as_ref()) {
        (left, [CmpOp::In], [right]) => word(left) && is_argv(right),
        (left, [CmpOp::Eq], [right]) => word(right) && is_argument(left) || word(left) && is_argument(right),
        _ => false,
    }
}

/// `__name__ == "__main__"`.
pub(super) fn is_program(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let sides = std::iter::once(compare.left.as_ref()).chain(&compare.comparators);
    let (mut name, mut main) = (false, false);
    for side in sides {
        name |= matches!(side, Expr::Name(n) if n.id.as_str() == "__name__");
        main |= matches!(side, Expr::StringLiteral(s) if s.value.to_str() == "__main__");
    }
    name && main && compare.ops.iter().all(|op| *op == CmpOp::Eq)
}
