<?php
// Answers every request with what PHP has read from it.
error_reporting(0);
echo serialize([$_GET, $_POST, $_REQUEST]);
