//! Traits and types of the interfaces in `wit/`, made by wasmtime.

wasmtime::component::bindgen!({
    path: ["../wit/registry/deps/wasi-keyvalue-2024-10-17", "wit"],
    world: "bobbin:host/capabilities",
    imports: { default: async | trappable },
    with: {
        "spin:key-value/key-value.store": crate::key_value::OpenStore,
        "wasi:keyvalue/store.bucket": crate::key_value::OpenStore,
        "wasi:keyvalue/atomics.cas": crate::key_value::Cas,
    },
});
