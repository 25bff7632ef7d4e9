"""The faces: commands, pages, API. They read the request, call one use case, show the answer."""
