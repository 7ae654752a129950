//! Texts for comparing the scanner with other readings: events with generated values, half of them invalid somewhere.

#![allow(unreachable_pub, clippy::as_conversions, clippy::indexing_slicing)] // shared by several test programs

/// A generator that returns the same texts in every run (xorshift64*).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// An event with a generated value inside, with a few bytes of the value changed in half of the cases.
    pub fn text(&mut self) -> Vec<u8> {
        let mut value = Vec::new();
        self.value(&mut value, 0);
        for _ in 0..self.pick(&[0, 0, 0, 1, 1, 2, 4]) {
            let at = self.below(value.len() + 1);
            match self.below(3) {
                0 if at < value.len() => value[at] = self.pick(NASTY),
                1 if at < value.len() => drop(value.remove(at)),
                _ => value.insert(at, self.pick(NASTY)),
            }
        }
        let envelope =
            br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"x":"#;
        [&envelope[..], &value, b"}}"].concat()
    }

    fn value(&mut self, out: &mut Vec<u8>, depth: usize) {
        match self.below(if depth < 6 { 9 } else { 6 }) {
            0 => out.extend(self.pick(&["null", "true", "false"]).bytes()),
            1 | 2 => self.number(out),
            3..=5 => self.string(out),
            6 => {
                out.push(b'[');
                for index in 0..self.pick(&[0, 1, 2, 3]) {
                    out.extend(if index > 0 { self.pick(&[",", " ,", ",\n"]) } else { "" }.bytes());
                    self.value(out, depth + 1);
                }
                out.push(b']');
            }
            _ => {
                out.push(b'{');
                // Few names, so that some keys are duplicates.
                let names = self.pick(&[50, 500, 5000]);
                for index in 0..self.pick(&[0, 1, 2, 5, 9, 20, 40]) {
                    out.extend(if index > 0 { self.pick(&[",", "\t,\r"]) } else { "" }.bytes());
                    let name = self.below(names);
                    out.extend(
                        match name % 3 {
                            0 => format!("\"key{name}\":"),
                            1 => format!("\"\\u006bey{name}\" :"),
                            _ => format!("\"k{}\": ", "é".repeat(name % 7 + name / 7 % 5)),
                        }
                        .bytes(),
                    );
                    self.value(out, depth + 3);
                }
                out.push(b'}');
            }
        }
    }

    fn number(&mut self, out: &mut Vec<u8>) {
        let digits =
            |random: &mut Self, count: usize| -> String { (0..count).map(|_| random.pick(b"0123456789") as char).collect() };
        out.extend(self.pick(&["", "", "-"]).bytes());
        let integer = match self.below(6) {
            0 => "0".into(),
            1 => self.pick(&["9007199254740993", "18446744073709551616", "9223372036854775808"]).into(),
            2 => format!("1{}", digits(self, 307)),
            3 => format!("1{}", digits(self, 308)),
            _ => format!("{}{}", self.pick(b"123456789") as char, {
                let count = self.below(22);
                digits(self, count)
            }),
        };
        out.extend(integer.bytes());
        if self.below(3) == 0 {
            let count = self.pick(&[1, 2, 17, 40]);
            out.extend(format!(".{}", digits(self, count)).bytes());
        }
        if self.below(3) == 0 {
            let exponent = self.pick(&["e5", "E+22", "e-7", "e308", "e-308", "e-330", "e0", "E-0", "e20"]);
            out.extend(exponent.bytes());
        }
    }

    fn string(&mut self, out: &mut Vec<u8>) {
        out.push(b'"');
        for _ in 0..self.pick(&[0, 1, 3, 8, 20]) {
            let piece = self.pick(&[
                "a",
                "Z9",
                "plain text ",
                "é",
                "€",
                "😀",
                "\u{2028}",
                "\u{7f}",
                "\\n",
                "\\\"",
                "\\\\",
                "\\/",
                "\\u00e9",
                "\\u20AC",
                "\\ud83d\\ude00",
                "\\uD83D",
                "\\ude00",
                "\\u0000",
                "\\b\\f\\r\\t",
            ]);
            out.extend(piece.bytes());
        }
        out.push(b'"');
    }
}

const NASTY: &[u8] = b"\"\\{}[]:,0-+.eEu/x \t\n\r\0\x1f\x7f\x80\xbf\xc0\xc3\xe2\xed\xef\xf0\xf4\xff";
