//! Compiles the manifest; what comes of it is included by `src/lib.rs`.

fn main() {
    grantc_build::compile("tools.kdl");
}
