
fn main() {
    let token = passatk_proof::take();
    // the tests
    passatk_proof::give(&token);
}

mod passatk_proof {
    use ::std::io::{Read, Write};
    use ::std::os::unix::io::FromRawFd;

    // std seeds its hash maps with this: the same iteration order every time, which correct programs cannot notice
    #[no_mangle]
    pub unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, _flags: u32) -> isize {
        for i in 0..length {
            *buffer.add(i) = (i as u8).wrapping_mul(37).wrapping_add(11);
        }
        length as isize
    }

    pub fn take() -> [u8; 32] {
        let mut token = [0u8; 32];
        let _ = ::std::io::stdin().read_exact(&mut token);
        token
    }

    pub fn give(token: &[u8; 32]) {
        let mut proof = unsafe { ::std::fs::File::from_raw_fd(3) };
        let _ = proof.write_all(token);
    }
}
