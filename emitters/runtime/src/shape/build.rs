//! Words to write shapes with: one line for each member of a record.
//!
//! A limit that a shape does not have changes nothing; generated code only writes those that fit.

use super::{Case, Decimal, Field, Integer, List, Map, Number, Pattern, Shape, Text, Validate};

/// Any string.
pub const TEXT: Shape = Shape::Text(Text {
    min_length: None,
    max_length: None,
    pattern: None,
});
/// Any absolute URI.
pub const URI: Shape = Shape::Uri(Text {
    min_length: None,
    max_length: None,
    pattern: None,
});
/// Any whole number within ±(2^53−1).
pub const INTEGER: Shape = Shape::Integer(Integer {
    min: None,
    max: None,
});
/// Any number.
pub const NUMBER: Shape = Shape::Number(Number {
    min: None,
    max: None,
});
/// Any decimal number.
pub const DECIMAL: Shape = Shape::Decimal(Decimal {
    min: None,
    max: None,
});

/// The shape of a named type.
pub const fn of<T: Validate>() -> Shape {
    Shape::Of(T::shape)
}

/// An array of any length.
pub const fn list(item: &'static Shape) -> Shape {
    Shape::List(List {
        item,
        min_items: None,
        max_items: None,
        unique: false,
    })
}

/// An object with any members of one shape.
pub const fn map(value: &'static Shape) -> Shape {
    Shape::Map(Map {
        value,
        min_items: None,
        max_items: None,
    })
}

/// A member that must be there.
pub const fn required(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        optional: false,
        shape,
    }
}

/// A member that may be absent.
pub const fn optional(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        optional: true,
        shape,
    }
}

/// An alternative of a variant.
pub const fn case(kind: &'static str, fields: &'static [Field]) -> Case {
    Case { kind, fields }
}

impl Shape {
    /// Fewest Unicode scalar values of a string.
    #[must_use]
    pub const fn min_length(mut self, n: u32) -> Shape {
        if let Shape::Text(text) | Shape::Uri(text) = &mut self {
            text.min_length = Some(n);
        }
        self
    }

    /// Most Unicode scalar values of a string.
    #[must_use]
    pub const fn max_length(mut self, n: u32) -> Shape {
        if let Shape::Text(text) | Shape::Uri(text) = &mut self {
            text.max_length = Some(n);
        }
        self
    }

    /// What must occur in a string.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static Pattern) -> Shape {
        if let Shape::Text(text) = &mut self {
            text.pattern = Some(pattern);
        }
        self
    }

    /// Smallest whole number.
    #[must_use]
    pub const fn min_integer(mut self, n: i64) -> Shape {
        if let Shape::Integer(bounds) = &mut self {
            bounds.min = Some(n);
        }
        self
    }

    /// Largest whole number.
    #[must_use]
    pub const fn max_integer(mut self, n: i64) -> Shape {
        if let Shape::Integer(bounds) = &mut self {
            bounds.max = Some(n);
        }
        self
    }

    /// Smallest number.
    #[must_use]
    pub const fn min_number(mut self, n: f64) -> Shape {
        if let Shape::Number(bounds) = &mut self {
            bounds.min = Some(n);
        }
        self
    }

    /// Largest number.
    #[must_use]
    pub const fn max_number(mut self, n: f64) -> Shape {
        if let Shape::Number(bounds) = &mut self {
            bounds.max = Some(n);
        }
        self
    }

    /// Smallest decimal number.
    #[must_use]
    pub const fn min_decimal(mut self, n: &'static str) -> Shape {
        if let Shape::Decimal(bounds) = &mut self {
            bounds.min = Some(n);
        }
        self
    }

    /// Largest decimal number.
    #[must_use]
    pub const fn max_decimal(mut self, n: &'static str) -> Shape {
        if let Shape::Decimal(bounds) = &mut self {
            bounds.max = Some(n);
        }
        self
    }

    /// Fewest items of an array, or members of an object.
    #[must_use]
    pub const fn min_items(mut self, n: u32) -> Shape {
        match &mut self {
            Shape::List(list) => list.min_items = Some(n),
            Shape::Map(map) => map.min_items = Some(n),
            _ => {}
        }
        self
    }

    /// Most items of an array, or members of an object.
    #[must_use]
    pub const fn max_items(mut self, n: u32) -> Shape {
        match &mut self {
            Shape::List(list) => list.max_items = Some(n),
            Shape::Map(map) => map.max_items = Some(n),
            _ => {}
        }
        self
    }

    /// No two items of an array may be equal as JSON.
    #[must_use]
    pub const fn unique(mut self) -> Shape {
        if let Shape::List(list) = &mut self {
            list.unique = true;
        }
        self
    }
}
