//! Traits and types of the interfaces in `wit/`, made by wasmtime.

wasmtime::component::bindgen!({
    path: "wit",
    world: "bobbin:host/capabilities",
    imports: { default: trappable },
    with: { "spin:key-value/key-value.store": crate::key_value::OpenStore },
});
