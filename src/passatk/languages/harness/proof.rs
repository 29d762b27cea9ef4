// a name that the program cannot know
mod passatk_MARK {
    use ::std::panic::{catch_unwind, AssertUnwindSafe};

    static mut TOKEN: [u8; 32] = [0; 32];

    extern "C" {
        fn read(descriptor: i32, into: *mut u8, size: usize) -> isize;
        fn write(descriptor: i32, from: *const u8, size: usize) -> isize;
    }

    // before any initialiser of the program
    #[used]
    #[link_section = ".preinit_array"]
    static TAKE: extern "C" fn() = take;

    extern "C" fn take() {
        unsafe {
            read(0, ::std::ptr::addr_of_mut!(TOKEN) as *mut u8, 32);
        }
    }

    pub fn give() {
        unsafe {
            write(3, ::std::ptr::addr_of!(TOKEN) as *const u8, 32);
        }
    }

    pub trait Outcome {
        fn settle(self);
    }

    impl Outcome for () {
        fn settle(self) {}
    }

    impl<T, E: ::std::fmt::Debug> Outcome for ::std::result::Result<T, E> {
        fn settle(self) {
            if let ::std::result::Result::Err(error) = self {
                ::std::panic!("assertion failed: {:?}", error)
            }
        }
    }

    pub fn test<T: Outcome>(test: fn() -> T) {
        test().settle()
    }

    pub fn should_panic<T>(expected: &str, test: fn() -> T) {
        let words = match catch_unwind(AssertUnwindSafe(test)) {
            ::std::result::Result::Ok(_) => ::std::panic!("assertion failed: the test did not panic"),
            ::std::result::Result::Err(payload) => match payload.downcast::<::std::string::String>() {
                ::std::result::Result::Ok(words) => *words,
                ::std::result::Result::Err(other) => {
                    other.downcast::<&str>().map_or(::std::string::String::new(), |words| words.to_string())
                }
            },
        };
        ::std::assert!(words.contains(expected), "assertion failed: {:?} where {:?} was expected", words, expected)
    }
}
