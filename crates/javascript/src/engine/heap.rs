#![allow(unsafe_code)] // An allocator hands out raw memory.

//! The memory of one interpreter: bounded, metered, and given back whole.

use std::alloc::{Layout, alloc, dealloc, realloc};
use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::rc::Rc;

use rquickjs::allocator::Allocator;

use crate::meter::Meter;

/// In front of every block: its size, and its neighbours in the list of all blocks.
#[repr(C, align(8))]
struct Header {
    size: usize,
    previous: *mut Header,
    next: *mut Header,
}

const HEADER_BYTES: usize = size_of::<Header>();

/// Bytes whose copying or clearing costs about as much as one interpreter step.
const BYTES_PER_STEP: usize = 256;

/// What can be known of a heap from outside.
#[derive(Debug, Default)]
pub(crate) struct HeapState {
    used_bytes: Cell<usize>,
    refused: Cell<bool>,
}

impl HeapState {
    /// Whether an allocation has been refused so far.
    pub(crate) fn has_refused(&self) -> bool {
        self.refused.get()
    }
}

/// The allocator of one interpreter.
///
/// Whatever the interpreter loses track of when it runs out of memory is freed with the heap.
pub(crate) struct Heap {
    limit_bytes: usize,
    state: Rc<HeapState>,
    meter: Rc<Meter>,
    first: *mut Header,
}

impl Heap {
    pub(crate) fn new(limit_bytes: usize, state: Rc<HeapState>, meter: Rc<Meter>) -> Self {
        Self { limit_bytes, state, meter, first: ptr::null_mut() }
    }

    /// Whether so many more bytes may be used; charges for them when they may.
    fn admits(&self, bytes: usize) -> bool {
        let fits = self.state.used_bytes.get().checked_add(bytes).is_some_and(|used| used <= self.limit_bytes);
        if fits {
            self.meter.charge((bytes / BYTES_PER_STEP) as u64);
        } else {
            self.state.refused.set(true);
        }
        fits
    }

    fn layout(size: usize) -> Option<Layout> {
        Layout::from_size_align(size.checked_add(HEADER_BYTES)?, align_of::<Header>()).ok()
    }

    /// # Safety
    /// `block` is a header that was just allocated and is in no list.
    unsafe fn link(&mut self, block: *mut Header, size: usize) -> *mut u8 {
        // SAFETY: `block` is valid for writes, `first` is null or a live header.
        unsafe {
            block.write(Header { size, previous: ptr::null_mut(), next: self.first });
            if let Some(first) = self.first.as_mut() {
                first.previous = block;
            }
            self.first = block;
            self.state.used_bytes.set(self.state.used_bytes.get() + size + HEADER_BYTES);
            block.add(1).cast()
        }
    }

    /// # Safety
    /// `block` is a live header of this heap.
    unsafe fn unlink(&mut self, block: *mut Header) -> usize {
        // SAFETY: its neighbours are null or live headers.
        unsafe {
            let Header { size, previous, next } = block.read();
            match previous.as_mut() {
                Some(previous) => previous.next = next,
                None => self.first = next,
            }
            if let Some(next) = next.as_mut() {
                next.previous = previous;
            }
            self.state.used_bytes.set(self.state.used_bytes.get() - size - HEADER_BYTES);
            size
        }
    }
}

// SAFETY: blocks are aligned to 8, at least as large as asked for, and know their size.
unsafe impl Allocator for Heap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        let Some(layout) = Self::layout(size).filter(|layout| self.admits(layout.size())) else {
            return ptr::null_mut();
        };
        // SAFETY: the layout is not empty; the block is fresh.
        unsafe {
            match NonNull::new(alloc(layout)) {
                Some(block) => self.link(block.as_ptr().cast(), size),
                None => ptr::null_mut(),
            }
        }
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        let Some(bytes) = count.checked_mul(size) else { return ptr::null_mut() };
        let block = self.alloc(bytes);
        if !block.is_null() {
            // SAFETY: the block has room for that many bytes.
            unsafe { block.write_bytes(0, bytes) };
        }
        block
    }

    unsafe fn dealloc(&mut self, block: *mut u8) {
        if block.is_null() {
            return;
        }
        // SAFETY: the block came from `alloc`, so its header stands before it and has its layout.
        unsafe {
            let header = block.cast::<Header>().sub(1);
            let size = self.unlink(header);
            if let Some(layout) = Self::layout(size) {
                dealloc(header.cast(), layout);
            }
        }
    }

    unsafe fn realloc(&mut self, block: *mut u8, new_size: usize) -> *mut u8 {
        if block.is_null() {
            return self.alloc(new_size);
        }
        // SAFETY: as for `dealloc`; on failure the old block stays as it was.
        unsafe {
            let header = block.cast::<Header>().sub(1);
            let old_size = (*header).size;
            let (Some(old), Some(new)) = (Self::layout(old_size), Self::layout(new_size)) else {
                return ptr::null_mut();
            };
            if !self.admits(new.size().saturating_sub(old.size())) {
                return ptr::null_mut();
            }
            self.unlink(header);
            match NonNull::new(realloc(header.cast(), old, new.size())) {
                Some(moved) => self.link(moved.as_ptr().cast(), new_size),
                None => {
                    self.link(header, old_size);
                    ptr::null_mut()
                }
            }
        }
    }

    unsafe fn usable_size(block: *mut u8) -> usize {
        // SAFETY: as for `dealloc`.
        unsafe { (*block.cast::<Header>().sub(1)).size }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        while !self.first.is_null() {
            // SAFETY: the list holds live headers only.
            unsafe { self.dealloc(self.first.add(1).cast()) };
        }
    }
}
