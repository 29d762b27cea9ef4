
fn main() {
    let token = passatk_proof::take();
    // the tests
    passatk_proof::give(&token);
}

mod passatk_proof {
    use ::std::io::{Read, Write};
    use ::std::os::unix::io::FromRawFd;

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
