//! Operators of a function, as far as counting has to tell them apart.

use crate::binary::Reader;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operator {
    Block,
    Loop,
    If,
    Else,
    End,
    Branch(u32),
    BranchIf(u32),
    /// All targets, the default one last.
    BranchTable(Vec<u32>),
    /// Nothing that follows is reached: `return`, `unreachable`, a tail call.
    Leave,
    Call(u32),
    CallIndirect,
    Constant,
    /// A store of 64 bits at this offset.
    Store64(u32),
    MemoryCopy,
    MemoryFill,
    /// Moves a value that is at hand, and costs nothing once it is compiled.
    Move,
    Load,
    /// Divides, or takes a root.
    Divide,
    Other,
}

impl Operator {
    /// How long it takes, roughly, in the time of an addition.
    pub(crate) fn weight(&self) -> u32 {
        match self {
            Self::Move | Self::Constant | Self::Block | Self::Loop | Self::End => 0,
            Self::Load => 2,
            Self::Call(_) | Self::CallIndirect => 4,
            Self::Divide => 8,
            _ => 1,
        }
    }
}

/// Reads one operator. Those that compilers do not use for these modules are an error: nobody knows what they cost.
pub(crate) fn read(from: &mut Reader<'_>) -> Result<Operator, String> {
    let start = from.position();
    let code = from.byte()?;
    Ok(match code {
        0x00 | 0x0f => Operator::Leave,
        0x01 | 0x1a => Operator::Move,
        // Those of i32, i64, f32 and f64.
        0x6d..=0x70 | 0x7f..=0x82 | 0x91 | 0x95 | 0x9f | 0xa3 => Operator::Divide,
        0x1b | 0x45..=0xc4 | 0xd1 => Operator::Other,
        0x02..=0x04 => {
            from.skip_signed()?;
            match code {
                0x02 => Operator::Block,
                0x03 => Operator::Loop,
                _ => Operator::If,
            }
        }
        0x05 => Operator::Else,
        0x0b => Operator::End,
        0x0c => Operator::Branch(from.u32()?),
        0x0d => Operator::BranchIf(from.u32()?),
        0x0e => {
            let count = from.u32()?;
            let targets = (0..=count).map(|_| from.u32()).collect::<Result<_, _>>()?;
            Operator::BranchTable(targets)
        }
        0x10 => Operator::Call(from.u32()?),
        0x11 => {
            from.u32()?;
            from.u32()?;
            Operator::CallIndirect
        }
        0x12 => {
            from.u32()?;
            Operator::Leave
        }
        0x13 => {
            from.u32()?;
            from.u32()?;
            Operator::Leave
        }
        0x1c => {
            from.vector()?;
            Operator::Other
        }
        0x20..=0x26 | 0x3f | 0x40 | 0xd2 => {
            from.u32()?;
            if code <= 0x22 { Operator::Move } else { Operator::Other }
        }
        0x28..=0x3e => {
            let (_align, offset) = (from.u32()?, from.u32()?);
            match code {
                0x28..=0x35 => Operator::Load,
                0x37 => Operator::Store64(offset),
                _ => Operator::Other,
            }
        }
        0x41 => {
            from.skip_signed()?;
            Operator::Constant
        }
        0x42 | 0xd0 => {
            from.skip_signed()?;
            Operator::Move
        }
        0x43 => {
            from.take(4)?;
            Operator::Move
        }
        0x44 => {
            from.take(8)?;
            Operator::Move
        }
        0xfc => match from.u32()? {
            0..=7 => Operator::Other,
            10 => {
                from.u32()?;
                from.u32()?;
                Operator::MemoryCopy
            }
            11 => {
                from.u32()?;
                Operator::MemoryFill
            }
            sub => return Err(format!("the operator 0xfc {sub} at {start} is not known here: say what it costs")),
        },
        _ => return Err(format!("the operator {code:#x} at {start} is not known here: say what it costs")),
    })
}
