"""Removal of a folder whatever is in it: too deep for recursion, too long for a path, closed to its own user."""

import itertools
import os
import stat
from collections.abc import Iterator


def remove_tree(path: str) -> None:
    """Remove the folder `path`, which nobody else is using; nothing happens when it is not there.

    Folders inside folders are first moved up to `path` itself, so that neither depth nor the length of a path matters.

    Raises:
        OSError: something in it belongs to somebody else.
    """
    try:
        os.chmod(path, stat.S_IRWXU)
        root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    try:
        _empty(root)
    finally:
        os.close(root)
    os.rmdir(path)


def _empty(root: int) -> None:
    free = _free_names(root)
    while names := os.listdir(root):
        for name in names:
            if not _open_up(name, root):
                os.unlink(name, dir_fd=root)
                continue
            folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=root)
            try:
                for inner in os.listdir(folder):
                    if _open_up(inner, folder):
                        os.rename(inner, next(free), src_dir_fd=folder, dst_dir_fd=root)
                    else:
                        os.unlink(inner, dir_fd=folder)
            finally:
                os.close(folder)
            os.rmdir(name, dir_fd=root)


def _free_names(folder: int) -> Iterator[str]:
    for number in itertools.count():
        try:
            os.stat(str(number), dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            yield str(number)


def _open_up(name: str, parent: int) -> bool:
    """Whether it is a folder; if so, its user may now do all with it: moving a folder takes rights on itself."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
        return False
    os.chmod(name, stat.S_IRWXU, dir_fd=parent)
    return True
