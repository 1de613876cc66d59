"""With and without the persona as an Inspect task."""

from .with_and_without import with_and_without as with_and_without
